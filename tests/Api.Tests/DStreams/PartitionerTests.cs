using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.Operators;
using Millrace.TestInputs;

namespace Millrace.Api.Tests.DStreams;

/// <summary>Partitioners of the user on operations by key of streams.</summary>
public sealed class PartitionerTests : IDisposable
{
    private static readonly ByRest By = new(3);
    private static readonly TimeSpan Window = 2 * BatchRun.Interval;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);

    public static TheoryData<string> Operations => [.. All.Keys];

    private static Dictionary<string, (Func<DStream<(int Key, int Value)>, DStream<(int Key, int Value)>> Placed, Func<DStream<(int Key, int Value)>, DStream<(int Key, int Value)>> Hashed)> All { get; } = new()
    {
        ["partitionBy"] = (stream => stream.PartitionBy(By), stream => stream.PartitionBy(2)),
        ["reduceByKey"] = (stream => stream.ReduceByKey(Add, By), stream => stream.ReduceByKey(Add)),
        ["groupByKey"] = (stream => stream.GroupByKey(By).MapValues(Sum), stream => stream.GroupByKey().MapValues(Sum)),
        ["combineByKey"] = (
            stream => stream.CombineByKey(value => value, Add, Add, By), stream => stream.CombineByKey(value => value, Add, Add)),
        ["combineByKey behind the exchange"] = (
            stream => stream.CombineByKey(value => value, Add, Add, By, mapSideCombine: false), stream => stream.CombineByKey(value => value, Add, Add)),
        ["join"] = (stream => stream.Join(Even(stream), By).MapValues(pair => pair.Left + pair.Right), stream => stream.Join(Even(stream)).MapValues(pair => pair.Left + pair.Right)),
        ["leftOuterJoin"] = (
            stream => stream.LeftOuterJoin(Even(stream), By).MapValues(pair => pair.Left), stream => stream.LeftOuterJoin(Even(stream)).MapValues(pair => pair.Left)),
        ["rightOuterJoin"] = (
            stream => Even(stream).RightOuterJoin(stream, By).MapValues(pair => pair.Right), stream => Even(stream).RightOuterJoin(stream).MapValues(pair => pair.Right)),
        ["fullOuterJoin"] = (
            stream => Even(stream).FullOuterJoin(stream, By).MapValues(pair => pair.Right.GetOrElse(0)),
            stream => Even(stream).FullOuterJoin(stream).MapValues(pair => pair.Right.GetOrElse(0))),
        ["cogroup"] = (
            stream => stream.CoGroup(Even(stream), By).MapValues(sides => sides.Left.Sum() - sides.Right.Sum()),
            stream => stream.CoGroup(Even(stream)).MapValues(sides => sides.Left.Sum() - sides.Right.Sum())),
        ["groupByKeyAndWindow"] = (stream => stream.GroupByKeyAndWindow(Window, null, By).MapValues(Sum), stream => stream.GroupByKeyAndWindow(Window).MapValues(Sum)),
        ["reduceByKeyAndWindow"] = (stream => stream.ReduceByKeyAndWindow(Add, Window, null, By), stream => stream.ReduceByKeyAndWindow(Add, Window)),
        ["reduceByKeyAndWindow with an inverse"] = (
            stream => stream.ReduceByKeyAndWindow(Add, (sum, gone) => sum - gone, Window, null, By, filter: (_, sum) => sum != 0),
            stream => stream.ReduceByKeyAndWindow(Add, (sum, gone) => sum - gone, Window, filter: (_, sum) => sum != 0)),
        ["updateStateByKey"] = (
            stream => stream.UpdateStateByKey<int, int, int>((values, sum) => values.Sum() + sum.GetOrElse(0), By, [(1, 100), (4, 200)]),
            stream => stream.UpdateStateByKey<int, int, int>((values, sum) => values.Sum() + sum.GetOrElse(0), [(1, 100), (4, 200)])),
        ["updateStateByKey with time and key"] = (
            stream => stream.UpdateStateByKey<int, int, int>((time, key, values, sum) => values.Sum() + sum.GetOrElse(key), By),
            stream => stream.UpdateStateByKey<int, int, int>((time, key, values, sum) => values.Sum() + sum.GetOrElse(key))),
        ["updateStateByKey of all keys"] = (
            stream => stream.UpdateStateByKey<int, int, int>(keys => keys.Select(key => (key.Key, key.Values.Sum() + key.State.GetOrElse(0))), By),
            stream => stream.UpdateStateByKey<int, int, int>(keys => keys.Select(key => (key.Key, key.Values.Sum() + key.State.GetOrElse(0))))),
        ["mapWithState"] = (stream => stream.MapWithState(Spec.Partitioner(By)), stream => stream.MapWithState(Spec)),
        ["snapshots of mapWithState"] = (stream => stream.MapWithState(Spec.Partitioner(By)).StateSnapshots(), stream => stream.MapWithState(Spec).StateSnapshots()),
        ["state behind partitionBy"] = (stream => stream.PartitionBy(By).UpdateStateByKey<int, int, int>(Total, [(1, 100)]), stream => stream.UpdateStateByKey<int, int, int>(Total, [(1, 100)])),
        ["running totals behind partitionBy"] = (
            stream => stream.PartitionBy(By).MapValues(value => value).Filter(_ => true).RunningReduceByKey(Add), stream => stream.RunningReduceByKey(Add)),
    };

    // Counts: the rows of a key come from two partitions, in any order.
    private static StateSpec<int, int, int, (int Key, int Value)> Spec => StateSpec.Function<int, int, int, (int Key, int Value)>((key, _, state) =>
    {
        state.Update(state.GetOption().GetOrElse(0) + 1);
        return (key, state.Get());
    }).InitialState([(2, 1000), (3, 2000)]);

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Keys_are_where_the_users_partitioner_puts_them_and_the_rows_are_the_same(string operation)
    {
        var random = new Random(17);
        var batches = Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 30).Select(_ => (random.Next(-5, 9), random.Next(1, 9))).ToArray()).ToArray();
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<(int Key, int Value)[]>(batches)).Map(row => row);
        var placed = new List<(int Key, int Value)[][]>();
        All[operation].Placed(stream).ForeachRDD(rdd => placed.Add(rdd.Glom().Collect()));
        var hashed = run.Collect(All[operation].Hashed(stream));

        await run.RunAsync(stream, 5);

        Assert.Equal(5, placed.Count);
        Assert.Equal(hashed.Select(batch => batch.Rows.Order().ToArray()), placed.Select(partitions => partitions.SelectMany(rows => rows).Order().ToArray()));
        Assert.All(placed, partitions =>
        {
            Assert.Equal(By.NumPartitions, partitions.Length);
            Assert.All(partitions.Index(), partition => Assert.All(partition.Item, row => Assert.Equal(partition.Index, By.GetPartition(row.Key))));
        });
    }

    [Fact]
    public async Task What_an_equal_partitioner_has_partitioned_stays_where_it_is()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<(int Key, int Value)[]>([[(1, 1), (1, 2), (2, 3)]]));
        var sums = stream.ReduceByKey(Add, By);
        var joined = run.Collect(sums.Join(sums.MapValues(sum => -sum), new ByRest(3)).ReduceByKey((left, _) => left, new ByRest(3)));

        var plan = run.Context.Explain();
        await run.RunAsync(stream, 1);

        Assert.Equal([(1, (3, -3)), (2, (3, -3))], joined[0].Rows.Order());
        Assert.Equal(1, plan.Split("custom").Length - 1);
    }

    [Fact]
    public async Task What_another_partitioner_has_partitioned_moves()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<(int Key, int Value)[]>([[(1, 1), (5, 2), (1, 3)]]));
        var batches = new List<(int Key, int Value)[][]>();
        stream.PartitionBy(By).ReduceByKey(Add, new ByRest(4)).ForeachRDD(rdd => batches.Add(rdd.Glom().Collect()));
        var hashed = run.Collect(stream.PartitionBy(By).ReduceByKey(Add, numPartitions: 2));

        await run.RunAsync(stream, 1);

        Assert.Equal([[], [(1, 4), (5, 2)], [], []], batches[0].Select(rows => rows.Order().ToArray()));
        Assert.Equal([(1, 4), (5, 2)], hashed[0].Rows.Order());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public async Task Number_that_is_no_partition_fails_the_job_in_one_line_that_names_the_operation(int wrong)
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<(int Key, int Value)[]>([[(1, 1), (2, 2)]]));
        var sums = stream.ReduceByKey(Add, new WrongAt(2, wrong));

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.RunAsync(sums, 1));

        Assert.Contains("reduceByKey", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"partition {wrong} found for a row of its input, 0 to 2 expected", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task Row_of_a_key_that_has_no_partition_is_left_out_where_the_policy_says_so()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<(int Key, int Value)[]>([[(1, 1), (2, 2), (3, 3)]]));
        var placed = run.Collect(stream.PartitionBy(new WrongAt(2, 7)).OnError(ErrorPolicy.Skip));

        await run.RunAsync(stream, 1);

        Assert.Equal([(1, 1), (3, 3)], placed[0].Rows.Order());
    }

    [Fact]
    public async Task Null_is_no_partitioner()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<(int Key, int Value)[]>());

        Assert.Throws<ArgumentNullException>(() => stream.ReduceByKey(Add, (ByRest)null!));
        Assert.Throws<ArgumentNullException>(() => stream.Join(stream, (ByRest)null!));
        Assert.Throws<ArgumentNullException>(() => Spec.Partitioner(null!));
    }

    [Fact]
    public async Task State_is_found_again_by_the_same_partitioner_and_refused_to_others()
    {
        var queue = new ConcurrentQueue<(int Key, int Value)[]>([[(1, 1), (2, 2), (5, 5)], [(1, 10), (4, 4)]]);
        await using (var first = await CheckpointRun.CreateAsync(_clock))
        {
            GetOrCreate(first, () => first.Collect(Pairs(first, queue).UpdateStateByKey<int, int, int>(Total, By)));
            await first.RunAsync(2);
        }

        queue.Enqueue([(5, 50)]);
        await using (var second = await CheckpointRun.CreateAsync(_clock))
        {
            ConcurrentDictionary<long, (int Key, int State)[]> sums = [];
            GetOrCreate(second, () => sums = second.Collect(Pairs(second, queue).UpdateStateByKey<int, int, int>(Total, new ByRest(3))));
            await second.RunAsync(1);
            Assert.Equal([(1, 11), (2, 2), (4, 4), (5, 55)], sums[3000].Order());
        }

        await RefusedAsync(pairs => pairs.UpdateStateByKey<int, int, int>(Total, new WrongAt(7, 7)), "placed by ByRest", "placed by WrongAt");
        await RefusedAsync(pairs => pairs.UpdateStateByKey<int, int, int>(Total, numPartitions: 3), "placed by ByRest", "stage 1: 3 tasks, 2 input channels, from updateStateByKey");
        await RefusedAsync(pairs => pairs.UpdateStateByKey<int, int, int>(Total, new ByRest(4)), "stage 1: 3 tasks", "stage 1: 4 tasks");

        Task RefusedAsync(Func<DStream<(int Key, int Value)>, DStream<(int Key, int State)>> build, string written, string present) =>
            AssertRefusedAsync(run => build(Pairs(run, queue)), written, present);
    }

    [Fact]
    public async Task State_behind_streams_that_stay_where_a_partitioner_put_them_is_refused_to_others_too()
    {
        var queue = new ConcurrentQueue<(int Key, int Value)[]>([[(1, 1)]]);
        await using (var first = await CheckpointRun.CreateAsync(_clock))
        {
            GetOrCreate(first, () => first.Collect(Build(first, By)));
            await first.RunAsync(1);
        }

        await AssertRefusedAsync(run => Build(run, new WrongAt(7, 7)), "placed by ByRest", "placed by WrongAt");

        DStream<(int Key, int State)> Build(CheckpointRun run, Millrace.DStreams.Rdds.Partitioner<int> by)
        {
            var pairs = Pairs(run, queue).PartitionBy(by);
            return pairs.Join(pairs.MapValues(value => value), by).MapValues(pair => pair.Left).UpdateStateByKey<int, int, int>(Total);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static int Add(int left, int right) => left + right;

    private static int Sum(IReadOnlyList<int> values) => values.Sum();

    private static Option<int> Total(IReadOnlyList<int> values, Option<int> former) => values.Sum() + former.GetOrElse(0);

    private static DStream<(int Key, int Value)> Even(DStream<(int Key, int Value)> stream) => stream.Filter(row => row.Key % 2 == 0);

    private static DStream<(int Key, int Value)> Pairs(CheckpointRun run, ConcurrentQueue<(int Key, int Value)[]> queue) => run.Context.QueueStream(queue).Map(row => row);

    private async Task AssertRefusedAsync(Func<CheckpointRun, DStream<(int Key, int State)>> build, string written, string present)
    {
        await using var run = await CheckpointRun.CreateAsync(_clock);
        GetOrCreate(run, () => run.Collect(build(run)));
        var failure = await Assert.ThrowsAnyAsync<MillraceException>(() => run.RunAsync(1));
        Assert.DoesNotContain('\n', failure.Message);
        var programs = failure.Message.Split(", this one has ");
        Assert.Contains(written, programs[0], StringComparison.Ordinal);
        Assert.Contains(present, programs[1], StringComparison.Ordinal);
    }

    private void GetOrCreate(CheckpointRun run, Action build) => StreamingContext.GetOrCreate(Path.Combine(_folder.FullName, "checkpoints"), () =>
    {
        build();
        return run.Context;
    });
}
