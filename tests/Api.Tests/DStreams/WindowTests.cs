using System.Collections.Concurrent;
using CsCheck;
using Millrace.Client;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

/// <summary>Windows over running batches, against what a window is: the rows of its last batches.</summary>
public sealed class WindowTests
{
    private static readonly string[] Keys = ["a", "b", "c", null!];

    private static readonly Gen<(string Key, int Value)[][]> GenBatches =
        Gen.Select(Gen.Int[0, 3].Select(key => Keys[key]), Gen.Int[-9, 9]).Array[0, 6].Array[1, 9];

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(3, 2, 2)]
    [InlineData(2, 3, 3)]
    public async Task Every_form_of_window_holds_the_rows_of_its_last_batches(int window, int slide, int partitions) =>
        await GenBatches.SampleAsync(batches => CheckAsync(batches, window, slide, partitions), iter: 6, threads: 1);

    private static async Task CheckAsync((string Key, int Value)[][] batches, int window, int slide, int partitions)
    {
        await using var run = await BatchRun.CreateAsync(new JobOptions { Parallelism = partitions });
        var pairs = run.Context.QueueStream(new ConcurrentQueue<(string Key, int Value)[]>(batches));
        var (length, step) = (window * BatchRun.Interval, slide * BatchRun.Interval);
        var rows = run.Collect(pairs.Window(length, step));
        var counts = run.Collect(pairs.CountByWindow(length, step));
        var values = run.Collect(pairs.Map(pair => pair.Key).CountByValueAndWindow(length, step));
        var maxima = run.Collect(pairs.Map(pair => pair.Value).ReduceByWindow(Math.Max, length, step));
        var sums = run.Collect(pairs.ReduceByKeyAndWindow((left, right) => left + right, length, step));
        var running = run.Collect(pairs.Map(pair => (pair.Key, (pair.Value, Count: 1))).ReduceByKeyAndWindow(
            (left, right) => (left.Item1 + right.Item1, left.Item2 + right.Item2),
            (all, left) => (all.Item1 - left.Item1, all.Item2 - left.Item2),
            length,
            step,
            filter: (_, sum) => sum.Item2 != 0));
        var groups = run.Collect(pairs.GroupByKeyAndWindow(length, step));
        var twice = run.Collect(pairs.Window(length, step).Count());

        await run.RunAsync(pairs, batches.Length + window);

        for (var batch = slide; batch <= batches.Length + window; batch += slide)
        {
            var inside = batches.Skip(Math.Max(0, batch - window)).Take(Math.Min(window, batch)).SelectMany(all => all).ToArray();
            var byKey = inside.GroupBy(pair => pair.Key).ToArray();
            AssertSame(inside, Of(rows, batch));
            AssertSame(inside.Length > 0 ? [inside.Max(pair => pair.Value)] : [], Of(maxima, batch));
            AssertSame(byKey.Select(group => (group.Key, (long)group.Count())), Of(values, batch));
            AssertSame(byKey.Select(group => (group.Key, group.Sum(pair => pair.Value))), Of(sums, batch));
            AssertSame(byKey.Select(group => (group.Key, (group.Sum(pair => pair.Value), group.Count()))), Of(running, batch));
            AssertSame(
                byKey.Select(group => (group.Key, string.Join(' ', group.Select(pair => pair.Value).Order()))),
                Of(groups, batch).Select(group => (group.Key, string.Join(' ', group.Value.Order()))));
            AssertSame([(long)inside.Length], Of(twice, batch));
            var isEverSeen = batches.Take(batch).Any(all => all.Length > 0);
            if (window >= slide && isEverSeen)
                AssertSame([(long)inside.Length], Of(counts, batch));
        }

        Assert.Equal((batches.Length + window) / slide, rows.Count);
    }

    private static T[] Of<T>(List<(long TimeMs, T[] Rows)> results, int batch) => Assert.Single(results, result => result.TimeMs == batch * 1000L).Rows;

    private static void AssertSame<T>(IEnumerable<T> expected, IEnumerable<T> found) => Assert.Equal(expected.Order(), found.Order());
}
