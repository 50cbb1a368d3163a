using Millrace.DStreams;

namespace Millrace.Testing.Tests.Models;

/// <summary>Operations on each batch by itself, and on each window: what there is for an empty one, too.</summary>
public sealed class BatchModelTests
{
    private static readonly Form[] OfBatches =
    [
        new("reduceByKey", ["reduceByKey"],
            s => Reduced(s, s.Left).Map(row => Text.Of(row.Key, row.Value)),
            past => Text.Sums(past.Left)),
        new("reduceByKey behind mapValues, flatMapValues and filter", ["mapValues", "reduceByKey"],
            s => Reduced(s, s.Left.MapValues(value => value + 1).FlatMapValues<int, int, int>(value => [value, 2 * value]).Filter(row => row.Value % 3 != 0)).Map(row => Text.Of(row.Key, row.Value)),
            past => Text.Sums(past.Left.SelectMany(row => new[] { row.Value + 1, 2 * (row.Value + 1) }, (row, value) => (row.Key, Value: value)).Where(row => row.Value % 3 != 0))),
        new("groupByKey", ["groupByKey"],
            s => (s.By is { } by ? s.Left.GroupByKey(by) : s.Left.GroupByKey(s.Partitions)).Map(pair => Text.Of(pair.Key, pair.Value)),
            past => Text.Groups(past.Left)),
        new("combineByKey", ["groupLocally", "reduceByKey"], s => Combined(s, mapSideCombine: true), past => Text.Groups(past.Left)),
        new("combineByKey behind the exchange", ["groupByKey"], s => Combined(s, mapSideCombine: false), past => Text.Groups(past.Left)),
        new("partitionBy", ["partitionBy"],
            s => (s.By is { } by ? s.Left.PartitionBy(by) : s.Left.PartitionBy(s.Partitions ?? 2)).Map(row => Text.Of(row.Key, row.Value)),
            past => past.Left.Select(row => Text.Of(row.Key, row.Value))),
        new("countByValue", ["map", "reduceByKey"], s => s.Left.Map(row => row.Key).CountByValue(s.Partitions).Map(row => $"{row.Key}={row.Value}"), past => Text.Counts(past.Left)),
        new("count", ["count", "sum"], s => s.Left.Count().Map(count => $"{count}"), past => [$"{past.Left.Length}"]),
        new("reduce", ["map", "reduce"],
            s => s.Left.Map(row => row.Value).Reduce(s.Inside.In<int, int, int>(Add)).Map(sum => $"{sum}"),
            past => past.Left.Length > 0 ? [$"{past.Left.Sum(row => row.Value)}"] : []),
        new("union", ["union"],
            s => s.Left.Union(s.Right).Map(row => Text.Of(row.Key, row.Value)),
            past => past.Left.Concat(past.Right).Select(row => Text.Of(row.Key, row.Value))),
        new("repartition", ["repartition"],
            s => s.Left.Repartition(s.Partitions ?? 2).Glom().FlatMap(rows => rows.Select(row => Text.Of(row.Key, row.Value)).Append("partition")),
            past => past.Left.Select(row => Text.Of(row.Key, row.Value)).Concat(Enumerable.Repeat("partition", past.Setting.Operation.Partitions ?? 2))),
        new("mapPartitions", ["repartition", "mapPartitions"],
            s => s.Left.Map(row => row.Value).Repartition(1).MapPartitions<int>(values => [s.Inside.Pass(values.Sum())]).Map(sum => $"{sum}"),
            past => [$"{past.Left.Sum(row => row.Value)}"]),
    ];

    private static readonly Form[] Forms = [.. OfBatches, .. OfBatches.Select(form => form.OnWindows())];

    public static TheoryData<string> Names => [.. Forms.Select(form => form.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Whatever_fails_a_batch_gives_what_its_model_gives(string form) => FailureModel.CheckAsync(Array.Find(Forms, one => one.Name == form)!);

    private static int Add(int left, int right) => left + right;

    private static DStream<(int Key, int Value)> Reduced(Streams s, DStream<(int Key, int Value)> stream) =>
        s.By is { } by ? stream.ReduceByKey(s.Inside.In<int, int, int>(Add), by) : stream.ReduceByKey(s.Inside.In<int, int, int>(Add), s.Partitions);

    private static DStream<string> Combined(Streams s, bool mapSideCombine) =>
        (s.By is { } by
            ? s.Left.CombineByKey<int, int, int[]>(value => [value], (all, value) => s.Inside.Pass<int[]>([.. all, value]), (all, more) => [.. all, .. more], by, mapSideCombine)
            : s.Left.CombineByKey<int, int, int[]>(value => [value], (all, value) => s.Inside.Pass<int[]>([.. all, value]), (all, more) => [.. all, .. more], s.Partitions, mapSideCombine))
        .Map(pair => Text.Of(pair.Key, pair.Value));
}
