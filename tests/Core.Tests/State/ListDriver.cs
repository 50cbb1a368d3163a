using System.Collections.Immutable;
using Millrace.State;

namespace Millrace.Core.Tests.State;

internal sealed class ListDriver : TableDriver
{
    internal override StateTable Create() => new ListTable<int, string>("lists");

    internal override ImmutableSortedDictionary<string, string> Change(
        StateTable table, ImmutableSortedDictionary<string, string> model, Step step)
    {
        var lists = (ListTable<int, string>)table;
        var name = $"{step.Key}";
        var existed = model.TryGetValue(name, out var before);
        switch (step.Kind)
        {
            case 0 or 1 or 2:
                lists.Append(step.Key, $"{step.Value}");
                return model.SetItem(name, existed ? $"{before},{step.Value}" : $"{step.Value}");
            case 3:
                Assert.Equal(existed, lists.RemoveAll(step.Key));
                return model.Remove(name);
            case 4:
                // Removed and written again as it was.
                lists.RemoveAll(step.Key);
                if (existed)
                {
                    lists.AppendAll([.. before!.Split(',').Select(item => (step.Key, item))]);
                }

                return model;
            case 5:
                for (var i = 0; i < step.Value; i++)
                {
                    lists.Append(step.Key + i, "x");
                    var next = $"{step.Key + i}";
                    model = model.SetItem(next, model.TryGetValue(next, out var items) ? $"{items},x" : "x");
                }

                return model;
            case 6:
                var walk = lists.GetEnumerator();
                while (walk.MoveNext())
                {
                    Assert.Equal(model[$"{walk.Key}"], string.Join(',', walk.Items.ToArray()));
                    if ((walk.Key + step.Value) % 4 == 0)
                    {
                        model = model.Remove($"{walk.Key}");
                        walk.Remove();
                    }
                }

                return model;
            default:
                Assert.Equal(existed ? before : "", string.Join(',', lists.Read(step.Key).ToArray()));
                return model;
        }
    }

    internal override ImmutableSortedDictionary<string, string> Shown(StateTable table, long epoch) =>
        Shown<int, string[]>(table, epoch, key => $"{key}", items => string.Join(',', items));

    internal override ImmutableSortedDictionary<string, string> Read(StateTable table)
    {
        var model = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var walk = ((ListTable<int, string>)table).GetEnumerator();
        while (walk.MoveNext())
        {
            model.Add($"{walk.Key}", string.Join(',', walk.Items.ToArray()));
        }

        Assert.Equal(table.Count, model.Count);
        return model.ToImmutable();
    }
}
