using System.Collections.Concurrent;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams;

/// <summary>Null is a key like any other, in every operation by key.</summary>
public sealed class NullKeyTests
{
    private static readonly TimeSpan Window = 2 * BatchRun.Interval;

    public static TheoryData<string> Names => [.. All.Keys];

    private static Dictionary<string, Func<DStream<(string? Key, int Value)>, DStream<(string? Key, int Value)>>> All { get; } = new()
    {
        ["partitionBy"] = stream => stream.PartitionBy(3).ReduceByKey(Add),
        ["a user's partitioner"] = stream => stream.ReduceByKey(Add, new ByLength()),
        ["reduceByKey"] = stream => stream.ReduceByKey(Add),
        ["groupByKey"] = stream => stream.GroupByKey().MapValues(values => values.Sum()),
        ["combineByKey"] = stream => stream.CombineByKey(value => value, Add, Add),
        ["join"] = stream => stream.ReduceByKey(Add).Join(stream.ReduceByKey(Add)).MapValues(pair => pair.Left),
        ["cogroup"] = stream => stream.CoGroup(stream).MapValues(sides => sides.Left.Sum()),
        ["fullOuterJoin"] = stream => stream.ReduceByKey(Add).FullOuterJoin(stream.Filter(_ => false)).MapValues(pair => pair.Left.GetOrElse(0)),
        ["updateStateByKey"] = stream => stream.UpdateStateByKey<string?, int, int>((values, state) => values.Sum() + state.GetOrElse(0)),
        ["updateStateByKey of all keys"] = stream => stream.UpdateStateByKey<string?, int, int>(keys => keys.Select(key => (key.Key, key.Values.Sum() + key.State.GetOrElse(0)))),
        ["runningReduceByKey"] = stream => stream.RunningReduceByKey(Add),
        ["mapWithState"] = stream => stream.ReduceByKey(Add).MapWithState(StateSpec.Function<string?, int, int, (string? Key, int Value)>((key, value, state) =>
        {
            state.Update(value.GetOrElse(0) + state.GetOption().GetOrElse(0));
            return (key, state.Get());
        })),
        ["reduceByKeyAndWindow"] = stream => stream.ReduceByKeyAndWindow(Add, Window),
        ["reduceByKeyAndWindow with an inverse"] = stream => stream.ReduceByKeyAndWindow(Add, (sum, gone) => sum - gone, Window),
        ["groupByKeyAndWindow"] = stream => stream.GroupByKeyAndWindow(Window).MapValues(values => values.Sum()),
        ["countByValue"] = stream => stream.Map(pair => pair.Key).CountByValue().MapValues(count => (int)count),
        ["reduceByKey of RDDs"] = stream => stream.Transform(rdd => rdd.ReduceByKey(Add)),
        ["sortByKey of RDDs"] = stream => stream.Transform(rdd => rdd.ReduceByKey(Add).SortByKey()),
        ["join of RDDs"] = stream => stream.Transform(rdd => rdd.ReduceByKey(Add).Join(rdd.ReduceByKey(Add)).MapValues(pair => pair.Left)),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Null_is_a_key(string operation)
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<(string? Key, int Value)[]>([[(null, 1), ("a", 1), (null, 1)]]));
        var results = run.Collect(All[operation](stream));

        await run.RunAsync(stream, 1);

        Assert.Equal([(null, 2), ("a", 1)], results[0].Rows.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    private static int Add(int left, int right) => left + right;

    private sealed class ByLength() : Millrace.DStreams.Rdds.Partitioner<string?>(2)
    {
        public override int GetPartition(string? key) => (key?.Length ?? 0) % 2;
    }
}
