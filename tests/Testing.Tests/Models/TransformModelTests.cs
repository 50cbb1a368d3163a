using Millrace.DStreams;
using Millrace.DStreams.Rdds;

namespace Millrace.Testing.Tests.Models;

/// <summary>Functions of whole batches and of whole windows that shuffle their rows, with state behind them, too.</summary>
public sealed class TransformModelTests
{
    private static readonly Form[] OfBatches =
    [
        new("transform", ["gather", "transform"],
            s => s.Left.Transform(rdd => Reduced(s, rdd)).Map(row => Text.Of(row.Key, row.Value)),
            past => Text.Sums(past.Left)),
        new("transform with time and an action", ["gather", "transform"],
            s => s.Left.Transform((rdd, time) => time.Milliseconds % 2000 == 0 ? Rdd.Parallelize([$"{rdd.Count()} rows"]) : s.Inside.Pass(rdd).Distinct(s.Partitions).Map(row => Text.Of(row.Key, row.Value))),
            past => past.Ms % 2000 == 0 ? [$"{past.Left.Length} rows"] : past.Left.Distinct().Select(row => Text.Of(row.Key, row.Value))),
        new("transform that sorts", ["gather", "transform"],
            s => s.Left.Transform(rdd => rdd.SortBy(row => s.Inside.Pass(row.Value), numPartitions: s.Partitions).ZipWithIndex()).Map(row => $"{row.Index}:{row.Row.Value}"),
            past => past.Left.Select(row => row.Value).Order().Select((value, index) => $"{index}:{value}")),
        new("transform of several streams", ["gather", "transform"],
            s => s.Left.Context.Transform([s.Left, s.Right, s.Left], (rdds, _) => rdds[0].Union(rdds[1]).Subtract(rdds[2].Filter(row => row.Value % 2 == 0), s.Partitions))
                .Map(row => Text.Of(row.Key, row.Value)),
            past => past.Left.Concat(past.Right).Where(row => row.Value % 2 != 0 || !past.Left.Contains(row)).Select(row => Text.Of(row.Key, row.Value))),
        new("transformWith a join", ["gather", "transform"],
            s => s.Left.TransformWith(s.Right, (left, right) => s.By is { } by ? left.Join(right, by) : left.Join(right, s.Partitions)).Map(pair => $"{pair.Key}={pair.Value}"),
            past => from l in past.Left from r in past.Right where l.Key == r.Key select $"{l.Key}={(l.Value, r.Value)}"),
        new("transformWith time", ["gather", "transform"],
            s => s.Left.TransformWith(s.Right, (left, right, time) => time.Milliseconds % 2000 == 0 ? left.SubtractByKey(right, s.Partitions) : right)
                .Map(row => Text.Of(row.Key, row.Value)),
            past => (past.Ms % 2000 == 0 ? past.Left.Where(row => past.Right.All(other => other.Key != row.Key)) : past.Right).Select(row => Text.Of(row.Key, row.Value))),
        new("state behind transform", ["gather", "updateStateByKey"],
            s => s.Left.Transform(rdd => Reduced(s, rdd)).UpdateStateByKey<int, int, int>((values, state) => state.GetOrElse(0) + values.Sum()).Map(row => Text.Of(row.Key, row.State)),
            past => Text.Sums(past.History.SelectMany(one => one.Left))),
        new("transform behind state", ["runningReduceByKey", "transform"],
            s => s.Left.RunningReduceByKey((left, right) => left + right).Transform(rdd => rdd.Map(row => (Key: row.Key % 2, row.Value)).ReduceByKey(Math.Max, s.Partitions))
                .Map(row => Text.Of(row.Key, row.Value)),
            past => past.History.SelectMany(one => one.Left).Where(row => past.Left.Any(now => now.Key == row.Key))
                .GroupBy(row => row.Key, (key, rows) => (Key: key % 2, Sum: rows.Sum(row => row.Value)))
                .GroupBy(row => row.Key).Select(group => Text.Of(group.Key, group.Max(row => row.Sum)))),
    ];

    private static readonly Form[] Forms = [.. OfBatches, .. OfBatches.Select(form => form.OnWindows())];

    public static TheoryData<string> Names => [.. Forms.Select(form => form.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Whatever_fails_a_function_of_batches_gives_what_its_model_gives(string form) => FailureModel.CheckAsync(Array.Find(Forms, one => one.Name == form)!);

    private static Rdd<(int Key, int Value)> Reduced(Streams s, Rdd<(int Key, int Value)> rdd) =>
        s.By is { } by ? rdd.ReduceByKey(s.Inside.In((int left, int right) => left + right), by) : rdd.ReduceByKey(s.Inside.In((int left, int right) => left + right), s.Partitions);
}
