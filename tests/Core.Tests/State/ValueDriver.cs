using System.Collections.Immutable;
using System.Globalization;
using Millrace.State;

namespace Millrace.Core.Tests.State;

internal sealed class ValueDriver<TKey>(Func<int, TKey> keyOf, Func<TKey, string> nameOf) : TableDriver
{
    internal override StateTable Create() => ValueTable.Create<TKey, int>("counts");

    internal override ImmutableSortedDictionary<string, string> Change(
        StateTable table, ImmutableSortedDictionary<string, string> model, Step step)
    {
        var values = (ValueTable<TKey, int>)table;
        var key = keyOf(step.Key);
        var name = nameOf(key);
        var existed = model.TryGetValue(name, out var text);
        var before = existed ? Number(text!) : 0;
        switch (step.Kind)
        {
            case 0:
                values.Put(key, step.Value);
                return model.SetItem(name, Text(step.Value));
            case 1:
                Assert.Equal(existed, values.Remove(key));
                return model.Remove(name);
            case 2:
                ref var value = ref values.GetOrAdd(key, out var found);
                Assert.Equal(existed, found);
                Assert.Equal(before, value);
                value += step.Value;
                return model.SetItem(name, Text(before + step.Value));
            case 3:
                values.Put(key, before);
                return model.SetItem(name, Text(before));
            case 4:
            case 5:
                return Merge(values, model, step);
            case 6:
                return Walk(values, model, step);
            default:
                if (step.Value % 8 == 0)
                {
                    values.Clear();
                    return model.Clear();
                }

                Assert.Equal(existed, values.TryGet(key, out var read));
                Assert.Equal(before, read);
                return model;
        }
    }

    internal override ImmutableSortedDictionary<string, string> Read(StateTable table)
    {
        var values = (ValueTable<TKey, int>)table;
        var rows = new (TKey Key, int Value)[table.Count];
        Assert.Equal(rows.Length, values.CopyTo(rows));
        foreach (var (key, value) in rows)
        {
            Assert.True(values.TryGet(key, out var found));
            Assert.Equal(value, found);
        }

        return rows.ToImmutableSortedDictionary(row => nameOf(row.Key), row => Text(row.Value), StringComparer.Ordinal);
    }

    internal override ImmutableSortedDictionary<string, string> Shown(StateTable table, long epoch)
    {
        var shown = Shown<TKey, int>(table, epoch, nameOf, Text);
        for (var key = 0; key < 24; key++)
            Assert.Equal(shown.ContainsKey(nameOf(keyOf(key))), ((ValueTable<TKey, int>)table).TryGetAt(keyOf(key), epoch, out _));
        return shown;
    }

    /// <summary>A batch of rows over a range of keys, so that tables grow.</summary>
    private ImmutableSortedDictionary<string, string> Merge(ValueTable<TKey, int> values, ImmutableSortedDictionary<string, string> model, Step step)
    {
        var rows = Enumerable.Range(0, step.Value * 3).Select(i => (Key: keyOf(step.Key + (i % 29)), Value: i)).ToArray();
        var results = new int[rows.Length];
        if (step.Kind == 4)
        {
            values.Merge(rows, (x, y) => x + y);
        }
        else
        {
            values.Merge(rows, (x, y) => x + y, results);
        }

        for (var i = 0; i < rows.Length; i++)
        {
            var name = nameOf(rows[i].Key);
            var sum = model.TryGetValue(name, out var before) ? Number(before) + rows[i].Value : rows[i].Value;
            model = model.SetItem(name, Text(sum));
            Assert.True(step.Kind == 4 || results[i] == sum);
        }

        return model;
    }

    /// <summary>Every entry once: some are removed, some replaced.</summary>
    private ImmutableSortedDictionary<string, string> Walk(ValueTable<TKey, int> values, ImmutableSortedDictionary<string, string> model, Step step)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var entries = values.GetEnumerator();
        while (entries.MoveNext())
        {
            var (key, value) = entries.Current;
            var name = nameOf(key);
            Assert.True(seen.Add(name), $"{name} twice");
            Assert.Equal(model[name], Text(value));
            if ((value + step.Value) % 3 == 0)
            {
                entries.Remove();
                model = model.Remove(name);
            }
            else if ((value + step.Value) % 3 == 1)
            {
                entries.Set(value + 1);
                model = model.SetItem(name, Text(value + 1));
            }
        }

        Assert.True(seen.IsSupersetOf(model.Keys));
        return model;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
