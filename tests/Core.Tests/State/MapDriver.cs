using System.Collections.Immutable;
using Millrace.State;

namespace Millrace.Core.Tests.State;

internal sealed class MapDriver : TableDriver
{
    private const int Fields = 5;

    internal override StateTable Create() => new MapTable<string, int, (int, string)>("maps");

    internal override ImmutableSortedDictionary<string, string> Change(
        StateTable table, ImmutableSortedDictionary<string, string> model, Step step)
    {
        var maps = (MapTable<string, int, (int, string)>)table;
        var key = $"k{step.Key / Fields}";
        var field = step.Key % Fields;
        var name = $"{key}/{field}";
        var item = (step.Value, "v");
        switch (step.Kind)
        {
            case 0 or 1 or 2:
                maps.Put(key, field, item);
                return model.SetItem(name, $"{item}");
            case 3:
                Assert.Equal(model.ContainsKey(name), maps.Remove(key, field));
                return model.Remove(name);
            case 4:
                var names = Names(model, key);
                Assert.Equal(names.Count > 0, maps.RemoveAll(key));
                return model.RemoveRange(names);
            case 5:
                for (var i = 0; i < step.Value; i++)
                {
                    maps.Put(key, field + i, item);
                    model = model.SetItem($"{key}/{field + i}", $"{item}");
                }

                return model;
            case 6:
                foreach (var (current, _) in maps.Enumerate(key))
                {
                    if ((current + step.Value) % 2 == 0)
                    {
                        Assert.True(maps.Remove(key, current));
                        model = model.Remove($"{key}/{current}");
                    }
                }

                return model;
            default:
                Assert.Equal(model.ContainsKey(name), maps.TryGet(key, field, out var found));
                Assert.True(!model.TryGetValue(name, out var text) || $"{found}" == text);
                Assert.Equal(Names(model, key).Count, maps.FieldCount(key));
                return model;
        }
    }

    internal override ImmutableSortedDictionary<string, string> Shown(StateTable table, long epoch) =>
        Shown<(string Key, int Field), (int, string)>(table, epoch, entry => $"{entry.Key}/{entry.Field}", item => $"{item}");

    internal override ImmutableSortedDictionary<string, string> Read(StateTable table)
    {
        var maps = (MapTable<string, int, (int, string)>)table;
        var model = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var ((key, _), _) in maps)
        {
            keys.Add(key);
        }

        foreach (var key in keys)
        {
            foreach (var (field, item) in maps.Enumerate(key))
            {
                model.Add($"{key}/{field}", $"{item}");
            }
        }

        Assert.Equal(table.Count, model.Count);
        return model.ToImmutable();
    }

    private static List<string> Names(ImmutableSortedDictionary<string, string> model, string key) =>
        [.. model.Keys.Where(name => name.StartsWith(key + "/", StringComparison.Ordinal))];
}
