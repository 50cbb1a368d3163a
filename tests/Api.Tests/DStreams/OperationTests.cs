using System.Collections.Concurrent;
using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

/// <summary>Every operation against a naive model, on random batches, empty ones among them.</summary>
public sealed class OperationTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public async Task Repartition_gives_every_partition_as_many_rows(int rows)
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[.. Enumerable.Range(0, rows)]])).Repartition(5);
        var sizes = run.Collect(stream.Glom().Map(partition => partition.Length));

        await run.RunAsync(stream, 1);

        Assert.Equal(5, sizes[0].Rows.Length);
        Assert.All(sizes[0].Rows, size => Assert.InRange(size, (rows / 5) - 2, (rows / 5) + 2));
    }

    private const int Seeds = 10;

    [Fact]
    public Task Map_gives_one_row_for_each() =>
        Check(stream => stream.Map(row => row * 3), batch => batch.Select(row => row * 3));

    [Fact]
    public Task Filter_keeps_what_the_predicate_takes() =>
        Check(stream => stream.Filter(row => row % 3 == 0), batch => batch.Where(row => row % 3 == 0));

    [Fact]
    public Task Filter_works_on_rows_of_its_own_too() =>
        Check(stream => stream.Map(row => row + 1).Filter(row => row % 3 == 0), batch => batch.Select(row => row + 1).Where(row => row % 3 == 0));

    [Fact]
    public Task FlatMap_gives_any_number_of_rows() => Check(
        stream => stream.FlatMap(row => Enumerable.Repeat(row, row % 4)), batch => batch.SelectMany(row => Enumerable.Repeat(row, row % 4)));

    [Fact]
    public Task FlatMap_takes_arrays() => Check(
        stream => stream.FlatMap(row => new[] { row, -row }), batch => batch.SelectMany(row => new[] { row, -row }));

    [Fact]
    public Task FlatMap_adds_to_an_output() => Check(
        stream => stream.FlatMap<int>((row, output) =>
        {
            for (var count = row % 4; count > 0; count--)
                output.Add(row);
        }),
        batch => batch.SelectMany(row => Enumerable.Repeat(row, row % 4)));

    [Fact]
    public Task Count_is_0_for_an_empty_batch() =>
        Check(stream => stream.Count(), batch => [batch.LongLength]);

    [Fact]
    public Task Reduce_gives_nothing_for_an_empty_batch() =>
        Check(stream => stream.Reduce((left, right) => left + right), batch => batch.Length == 0 ? [] : [batch.Sum()]);

    [Fact]
    public Task ReduceByKey_reduces_the_values_of_each_key() => Check(
        stream => stream.Map(row => (row % 17, row)).ReduceByKey((left, right) => left + right),
        batch => batch.GroupBy(row => row % 17).Select(group => (group.Key, group.Sum())));

    [Fact]
    public Task ReduceByKey_of_reduced_pairs_needs_no_exchange() => Check(
        stream => stream.Map(row => (row % 17, row)).ReduceByKey(Math.Max).Filter(pair => pair.Key > 3).ReduceByKey((left, right) => left + right),
        batch => batch.GroupBy(row => row % 17).Where(group => group.Key > 3).Select(group => (group.Key, group.Max())));

    [Fact]
    public Task A_null_key_is_a_key()
    {
        return Check(
            stream => stream.Map(row => (row % 2 == 0 ? null : "odd", 1)).ReduceByKey((left, right) => left + right),
            batch => batch.GroupBy(row => row % 2 == 0 ? null : "odd").Select(group => (group.Key, group.Count())));
    }

    [Fact]
    public Task UpdateStateByKey_is_called_for_every_key_in_every_batch()
    {
        // The state is (sum, batches since the key came); a key is forgotten once it is old enough.
        var states = new Dictionary<int, (int Sum, int Age)>();
        return Check(
            stream => stream.Map(row => (row % 17, row)).UpdateStateByKey<int, int, (int Sum, int Age)>((values, state) => Next(values, state)),
            batch =>
            {
                var values = batch.ToLookup(row => row % 17);
                foreach (var key in states.Keys.Union(values.Select(group => group.Key)).ToArray())
                {
                    var next = Next([.. values[key]], states.TryGetValue(key, out var state) ? state : Option<(int, int)>.None);
                    states.Remove(key);
                    if (next.HasValue)
                        states[key] = next.Value;
                }

                return [.. states.Select(entry => (entry.Key, entry.Value))];
            },
            states.Clear);
    }

    [Fact]
    public Task All_arrays_that_are_there_make_one_batch() =>
        Check(stream => stream.Map(row => row), batch => batch, oneAtATime: false);

    private static Option<(int Sum, int Age)> Next(IReadOnlyList<int> values, Option<(int Sum, int Age)> state)
    {
        var (sum, age) = state.GetOrElse((0, 0));
        return age == 3 ? Option<(int Sum, int Age)>.None : (sum + values.Sum(), age + 1);
    }

    private static Task Check<T>(Func<DStream<int>, DStream<T>> build, Func<int[], IEnumerable<T>> model, bool oneAtATime) =>
        Check(build, model, static () => { }, oneAtATime);

    private static async Task Check<T>(
        Func<DStream<int>, DStream<T>> build, Func<int[], IEnumerable<T>> model, Action? reset = null, bool oneAtATime = true)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            reset?.Invoke();
            var random = new Random(seed);
            var size = new[] { 3, 100, 5000 }[seed % 3];
            int[][] arrays = [.. Enumerable.Range(0, 5).Select(_ => Enumerable.Range(0, random.Next(3) == 0 ? 0 : random.Next(size)).Select(_ => random.Next(1000)).ToArray())];
            int[][] batches = oneAtATime ? [.. arrays, []] : [[.. arrays.SelectMany(rows => rows)], [], [], [], [], []];
            await using var run = await BatchRun.CreateAsync(new() { Parallelism = 1 + (seed % 4) });
            var stream = build(run.Context.QueueStream(new ConcurrentQueue<int[]>(arrays), oneAtATime));
            var found = run.Collect(stream);

            await run.RunAsync(stream, batches.Length);

            Assert.Equal(Enumerable.Range(1, batches.Length).Select(batch => batch * 1000L), found.Select(batch => batch.TimeMs));
            for (var batch = 0; batch < batches.Length; batch++)
                Assert.Equal(Sorted(model(batches[batch])), Sorted(found[batch].Rows));
        }
    }

    private static string[] Sorted<T>(IEnumerable<T> rows) => [.. rows.Select(row => row!.ToString()!).Order(StringComparer.Ordinal)];
}
