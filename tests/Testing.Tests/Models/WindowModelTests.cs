using Millrace.DStreams;

namespace Millrace.Testing.Tests.Models;

/// <summary>Windows, also those that are shorter than their slide and those of windows.</summary>
public sealed class WindowModelTests
{
    private static readonly Form[] Forms =
    [
        new("window", ["window"],
            s => s.Left.Window(s.Window, s.Slide).Map(row => Text.Of(row.Key, row.Value)),
            past => past.OnWindows().Left.Select(row => Text.Of(row.Key, row.Value)), IsOnWindows: true),
        new("window with the oldest batch first", ["window"],
            s => Numbered(s.Left).Window(s.Window, s.Slide).MapPartitions(rows => InOrder([.. rows.Select(row => row.Value)])),
            past => past.OnWindows().Left.Select(_ => "in order"), IsOnWindows: true),
        new("window of windows", ["window"],
            s => s.Left.Window(s.Window, s.Slide).Window(2 * s.Slide).Map(row => Text.Of(row.Key, row.Value)),
            past => past.OnWindows().History.TakeLast(2).SelectMany(window => window.Left).Select(row => Text.Of(row.Key, row.Value)), IsOnWindows: true),
        new("reduceByKeyAndWindow of windows", ["window", "reduceByKeyAndWindow"],
            s => s.Left.Window(s.Window, s.Slide).ReduceByKeyAndWindow(s.Inside.In<int, int, int>(Add), 2 * s.Slide, numPartitions: s.Partitions).Map(row => Text.Of(row.Key, row.Value)),
            past => Text.Sums(past.OnWindows().History.TakeLast(2).SelectMany(window => window.Left)), IsOnWindows: true),
        new("groupByKeyAndWindow", ["groupByKeyAndWindow"],
            s => Groups(s, s.Left).Map(pair => Text.Of(pair.Key, pair.Value)),
            past => Text.Groups(past.OnWindows().Left), IsOnWindows: true),
        new("groupByKeyAndWindow with the oldest batch first", ["groupByKeyAndWindow"],
            s => Groups(s, Numbered(s.Left)).FlatMap(pair => InOrder([.. pair.Value])),
            past => past.OnWindows().Left.Select(_ => "in order"), IsOnWindows: true),
        new("reduceByKeyAndWindow", ["reduceByKeyAndWindow"],
            s => Max(s, s.Inside.In<int, int, int>(Math.Max)),
            past => past.OnWindows().Left.GroupBy(row => row.Key).Select(group => Text.Of(group.Key, group.Max(row => row.Value))), IsOnWindows: true),
        new("reduceByKeyAndWindow with a filter", ["reduceByKeyAndWindow"],
            s => Reduced(s, inverse: null, filter: (key, sum) => sum != key),
            past => past.OnWindows().Left.GroupBy(row => row.Key, (key, rows) => (Key: key, Sum: rows.Sum(row => row.Value)))
                .Where(row => row.Sum != row.Key).Select(row => Text.Of(row.Key, row.Sum)), IsOnWindows: true),
        new("reduceByKeyAndWindow with an inverse", ["reduceByKeyAndWindow"],
            s => Reduced(s, s.Inside.In<int, int, int>(Subtract), filter: null),
            past => Running(past, _ => true), IsOnWindows: true),
        new("reduceByKeyAndWindow with an inverse and a filter", ["reduceByKeyAndWindow"],
            s => Reduced(s, Subtract, filter: s.Inside.In((int _, int sum) => sum != 0)),
            past => Running(past, sum => sum != 0), IsOnWindows: true),
        new("reduceByKeyAndWindow with an inverse and a filter that keeps keys without values", ["reduceByKeyAndWindow"],
            s => Reduced(s, Subtract, filter: (_, sum) => sum < 4),
            past => Running(past, sum => sum < 4), IsOnWindows: true),
        new("countByWindow", ["map", "reduceByWindow"],
            s => s.Left.CountByWindow(s.Window, s.Slide).Map(count => $"{count}"),
            past => WereRows(past) ? [$"{past.OnWindows().Left.Length}"] : [], IsOnWindows: true),
        new("reduceByWindow", ["map", "reduceByWindow"],
            s => s.Left.Map(row => row.Value).ReduceByWindow(s.Inside.In<int, int, int>(Math.Max), s.Window, s.Slide).Map(max => $"{max}"),
            past => past.OnWindows().Left is { Length: > 0 } rows ? [$"{rows.Max(row => row.Value)}"] : [], IsOnWindows: true),
        new("reduceByWindow with an inverse", ["map", "reduceByWindow"],
            s => s.Left.Map(row => row.Value).ReduceByWindow(Add, s.Inside.In<int, int, int>(Subtract), s.Window, s.Slide).Map(sum => $"{sum}"),
            past => WereRows(past) ? [$"{past.OnWindows().Left.Sum(row => row.Value)}"] : [], IsOnWindows: true),
        new("countByValueAndWindow", ["map", "reduceByKeyAndWindow"],
            s => s.Left.Map(row => row.Key).CountByValueAndWindow(s.Window, s.Slide, s.Partitions).Map(row => $"{row.Key}={row.Value}"),
            past => Text.Counts(past.OnWindows().Left), IsOnWindows: true),
    ];

    public static TheoryData<string> Names => [.. Forms.Select(form => form.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Whatever_fails_a_window_gives_what_its_model_gives(string form) => FailureModel.CheckAsync(Array.Find(Forms, one => one.Name == form)!);

    private static int Add(int left, int right) => left + right;

    private static int Subtract(int all, int gone) => all - gone;

    private static DStream<(int Key, IReadOnlyList<int> Value)> Groups(Streams s, DStream<(int Key, int Value)> stream) =>
        s.By is { } by ? stream.GroupByKeyAndWindow(s.Window, s.Slide, by) : stream.GroupByKeyAndWindow(s.Window, s.Slide, s.Partitions);

    private static DStream<string> Max(Streams s, Func<int, int, int> max) =>
        (s.By is { } by ? s.Left.ReduceByKeyAndWindow(max, s.Window, s.Slide, by) : s.Left.ReduceByKeyAndWindow(max, s.Window, s.Slide, s.Partitions))
            .Map(row => Text.Of(row.Key, row.Value));

    private static DStream<string> Reduced(Streams s, Func<int, int, int>? inverse, Func<int, int, bool>? filter) =>
        (s.By is { } by
            ? s.Left.ReduceByKeyAndWindow(s.Inside.In<int, int, int>(Add), inverse, s.Window, s.Slide, by, filter)
            : s.Left.ReduceByKeyAndWindow(s.Inside.In<int, int, int>(Add), inverse, s.Window, s.Slide, s.Partitions, filter)).Map(row => Text.Of(row.Key, row.Value));

    /// <summary>Each row with the number of its batch in place of its value.</summary>
    private static DStream<(int Key, int Value)> Numbered(DStream<(int Key, int Value)> stream) =>
        stream.Transform((rdd, time) => rdd.Map(row => (row.Key, (int)(time.Milliseconds / 1000))));

    private static IEnumerable<string> InOrder(int[] batches) =>
        batches.Select(_ => batches.SequenceEqual(batches.Order()) ? "in order" : $"{string.Join(',', batches)} out of order");

    private static bool WereRows(Past past) => past.OnWindows().History.Any(window => window.Left.Length > 0);

    /// <summary>The sums of the window, and of keys that have no values in it but were kept by the filter ever since they had.</summary>
    private static IEnumerable<string> Running(Past past, Func<int, bool> filter)
    {
        Dictionary<int, int> kept = [];
        foreach (var window in past.OnWindows().History)
        {
            kept = window.Left.Select(row => row.Key).Union(kept.Keys)
                .ToDictionary(key => key, key => window.Left.Where(row => row.Key == key).Sum(row => row.Value))
                .Where(row => filter(row.Value)).ToDictionary();
        }

        return kept.Select(row => Text.Of(row.Key, row.Value));
    }
}
