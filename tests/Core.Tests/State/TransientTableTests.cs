using Millrace.State;

namespace Millrace.Core.Tests.State;

/// <summary>A scratch table keeps keys from epoch to epoch; nobody may see those that the epoch has not touched.</summary>
public class TransientTableTests
{
    [Fact]
    public void Behaves_as_a_dictionary_that_is_emptied_each_epoch()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            try
            {
                Run(new Random(seed), seed % 2 == 0 ? ValueTable.Create<int, string>("t", transient: true) : ValueTable.Create<int, string>("t", value => new string(value.AsSpan()), transient: true));
            }
            catch (Exception cause)
            {
                Assert.Fail($"Seed {seed}: {cause}");
            }
        }
    }

    [Fact]
    public void Keys_of_a_burst_are_let_go()
    {
        var table = ValueTable.Create<long, int>("t", transient: true);
        for (var epoch = 1; epoch <= 40; epoch++)
        {
            table.BeginEpoch(epoch);
            var keys = epoch == 1 ? 100_000 : 10;
            for (var key = 0; key < keys; key++)
                table.Put(key, epoch);
            Assert.Equal(keys, table.Count);
        }

        Assert.InRange(table.Slots.Entries.Length, 16, 256);
        Assert.InRange(table.Slots.Count, 10, 20);
    }

    private static void Run(Random random, ValueTable<int, string> table)
    {
        var model = new Dictionary<int, string>();
        var marks = new Stack<(long Mark, Dictionary<int, string> Model)>();
        var keys = random.Next(1, 60);
        var epoch = 0L;
        table.BeginEpoch(++epoch);
        for (var step = 0; step < 400; step++)
        {
            var key = random.Next(keys);
            switch (random.Next(12))
            {
                case 0 or 1 or 2:
                    table.Put(key, $"{step}");
                    model[key] = $"{step}";
                    break;
                case 3:
                    Assert.Equal(model.Remove(key), table.Remove(key));
                    break;
                case 4:
                    Assert.Equal(model.TryGetValue(key, out var known), table.GetOrAdd(key, out var existed) is var value && existed);
                    Assert.Equal(known, value);
                    table.Put(key, model[key] = known ?? "new");
                    break;
                case 5 or 6:
                    var rows = Enumerable.Range(0, random.Next(40)).Select(row => (Key: random.Next(keys), Value: $"{step}.{row}")).ToArray();
                    table.Merge(rows, static (left, right) => left + right);
                    foreach (var row in rows)
                        model[row.Key] = model.TryGetValue(row.Key, out var before) ? before + row.Value : row.Value;
                    break;
                case 7:
                    marks.Push((table.Mark(), new(model)));
                    break;
                case 8 when marks.TryPop(out var undone):
                    table.UndoTo(undone.Mark);
                    model = undone.Model;
                    break;
                case 9 when marks.TryPop(out var kept):
                    table.Release(kept.Mark);
                    break;
                case 10:
                    table.Clear();
                    model.Clear();
                    break;
                case 11 when random.Next(4) == 0:
                    if (random.Next(3) == 0)
                        table.RollBackTo(--epoch);
                    table.BeginEpoch(++epoch);
                    model.Clear();
                    marks.Clear();
                    break;
            }

            AssertSame(model, table);
        }
    }

    private static void AssertSame(Dictionary<int, string> model, ValueTable<int, string> table)
    {
        var found = new Dictionary<int, string>();
        foreach (var (key, value) in table)
            found.Add(key, value);
        Assert.Equal(model.OrderBy(entry => entry.Key), found.OrderBy(entry => entry.Key));
        Assert.Equal(model.Count, table.Count);
        var copied = new (int Key, string Value)[model.Count];
        Assert.Equal(model.Count, table.CopyTo(copied));
        Assert.Equal(model.Keys.Order(), copied.Select(row => row.Key).Order());
        foreach (var (key, value) in model)
            Assert.True(table.TryGet(key, out var read) && read == value);
    }
}
