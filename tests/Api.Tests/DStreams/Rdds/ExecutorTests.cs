using System.Collections.Concurrent;
using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>RDDs of a running job: computed by its executors, and again when one of them is lost.</summary>
public sealed class ExecutorTests
{
    [Fact]
    public async Task What_a_body_and_a_Transform_ask_for_is_computed_by_executors()
    {
        var executors = new ConcurrentQueue<(string Where, Executor? Executor, Thread Thread)>();
        var driver = new TaskCompletionSource<Thread>();
        int Note(string where, int row)
        {
            executors.Enqueue((where, DatasetTask.Current?.Executor, Thread.CurrentThread));
            return row;
        }

        await using var run = await ExecutorRun.StartAsync(run => run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2, 3, 4, 5, 6]]))
            .Transform(rdd => rdd.Map(row => Note("transform", row)).Repartition(4).Map(row => Note("behind a shuffle", row)))
            .ForeachRDD(rdd =>
            {
                if (rdd.Map(row => Note("foreachRDD", row)).Count() > 0)
                    driver.TrySetResult(Thread.CurrentThread);
            }));
        var driverThread = await driver.Task.WaitAsync(BatchRun.Patience);

        Assert.Equal(["behind a shuffle", "foreachRDD", "transform"], executors.Select(one => one.Where).Distinct().Order(StringComparer.Ordinal));
        Assert.All(executors, one => Assert.NotNull(one.Executor));
        Assert.DoesNotContain(driverThread, executors.Select(one => one.Thread));
    }

    [Fact]
    public async Task On_one_thread_of_each_kind_Transforms_that_wait_and_bodies_that_ask_come_to_their_end()
    {
        const int Batches = 20;
        var sums = new ConcurrentQueue<int>();
        var done = new TaskCompletionSource();
        await using var run = await ExecutorRun.StartAsync(
            run =>
            {
                var rows = run.Context.QueueStream(new ConcurrentQueue<int[]>(Enumerable.Range(0, Batches).Select(batch => new[] { batch, batch + 1 })));
                var reduced = rows.Transform(rdd => rdd.KeyBy(row => row % 2).MapValues(row => row).ReduceByKey((left, right) => left + right).Values());
                var ordered = rows.Transform(rdd => rdd.SortBy(row => -row));
                reduced.Union(ordered).ForeachRDD(rdd =>
                {
                    sums.Enqueue(rdd.Repartition(3).Collect().Sum());
                    if (sums.Count == Batches)
                        done.TrySetResult();
                });
            },
            executors: 1);

        await await Task.WhenAny(done.Task, run.Context.AwaitTerminationAsync()).WaitAsync(BatchRun.Patience);

        Assert.Equal(Enumerable.Range(0, Batches).Select(batch => 2 * ((2 * batch) + 1)), sums.Take(Batches));
    }

    [Fact]
    public async Task A_dataset_that_stands_on_a_batch_is_computed_by_executors_whatever_it_is_joined_with()
    {
        await using var run = await ExecutorRun.StartAsync();
        var table = Rdd.Parallelize([(0, "a"), (1, "b")], 2);

        var joined = table.Join(run.Pairs(4)).Map(_ => DatasetTask.Current?.Executor).Collect();

        Assert.Equal(3, joined.Length);
        Assert.All(joined, executor => Assert.NotNull(executor));
        Assert.All(table.Map(_ => DatasetTask.Current?.Executor).Collect(), executor => Assert.Null(executor));
    }

    [Fact]
    public async Task Kept_partitions_go_with_their_executor_and_are_computed_again_by_all()
    {
        await using var run = await ExecutorRun.StartAsync();
        using var watched = new Watched<(int, int)>(run.Pairs(8));
        var tens = watched.Rows.Map(pair => pair.Item2 * 10).Cache();
        int[] expected = [0, 10, 20, 30, 40, 50, 60, 70];
        Assert.Equal(expected, tens.Collect());
        var lost = watched.HeldWith(0);
        int[] dropped = [.. Enumerable.Range(0, 8).Except(lost).Take(2)];
        Assert.Equal(4, lost.Length);

        run.Kill(watched.Holders[0]!);
        foreach (var partition in dropped)
            tens.DropPartition(partition);
        var held = tens.HeldPartitions;
        var again = tens.Collect();

        Assert.Equal(2, held);
        Assert.Equal(expected, again);
        Assert.Equal(8, tens.HeldPartitions);
        Assert.Equal(Enumerable.Range(0, 8).Select(partition => lost.Contains(partition) || dropped.Contains(partition) ? 2 : 1), watched.Computed);
    }

    [Fact]
    public async Task Of_a_map_side_only_what_its_executor_held_is_run_again()
    {
        await using var run = await ExecutorRun.StartAsync();
        using var watched = new Watched<(int Key, int Value)>(run.Pairs(8));
        var sums = watched.Rows.ReduceByKey((left, right) => left + right, 4);
        Lineage.Prepare(sums, run.Context.Datasets);
        var lost = watched.HeldWith(0);

        run.Kill(watched.Holders[0]!);
        var found = sums.Collect();

        Datasets.AssertSame([(0, 9), (1, 12), (2, 7)], found);
        Assert.Equal(4, lost.Length);
        Assert.Equal(Enumerable.Range(0, 8).Select(partition => lost.Contains(partition) ? 2 : 1), watched.Computed);
    }

    [Fact]
    public async Task Rows_behind_a_shuffle_that_are_lost_come_again_as_they_were()
    {
        await using var run = await ExecutorRun.StartAsync();
        using var watched = new Watched<(int Key, int Value)>(run.Pairs(6));
        var lists = watched.Rows.AggregateByKey(
            () => new List<int>(),
            (list, value) => [.. list, value],
            (left, right) =>
            {
                left.AddRange(right);
                return left;
            },
            3).MapValues(list => string.Join(' ', list));
        var before = lists.Collect();

        run.Kill(watched.Holders[watched.HeldWith(0)[0]]!);
        var once = lists.Collect();
        foreach (var holder in watched.Holders.Distinct().ToArray())
        {
            if (!holder!.IsLost)
                run.Kill(holder);
        }

        Datasets.AssertSame(["(0,0 3)", "(1,1 4)", "(2,2 5)"], before.Select(pair => RowText.Spell(pair)));
        Assert.Equal(before, once);
        Assert.Equal(before, lists.Collect());
    }

    [Fact]
    public async Task A_partition_on_which_a_function_throws_is_given_out_again_and_counted_once()
    {
        await using var run = await ExecutorRun.StartAsync();
        var (tries, rows) = (new int[3], new LongAccumulator());

        run.Of([1, 2], [3, 4, 5], [6]).MapPartitionsWithIndex((partition, part) =>
        {
            tries[partition]++;
            return part.Select(row => row == 5 && tries[1] < 4 ? throw new FormatException() : row);
        }).ForeachPartition(part =>
        {
            foreach (var row in part)
                rows.Add(row);
        });

        Assert.Equal([1, 4, 1], tries);
        Assert.Equal((21, 6), (rows.Sum, rows.Count));
    }

    [Fact]
    public async Task What_throws_as_often_as_it_may_names_operation_and_partition_and_the_job_goes_on()
    {
        await using var run = await ExecutorRun.StartAsync();
        var tries = 0;

        var failure = Assert.Throws<UserFunctionException>(() => run.Of([1], [0]).Map(row =>
        {
            if (row == 0)
                Interlocked.Increment(ref tries);
            return 1 / row;
        }).GroupBy(row => row).Collect());

        Assert.Equal("map threw DivideByZeroException: Attempted to divide by zero. (partition 1)", failure.Message);
        Assert.Equal(4, tries);
        Assert.Equal(JobState.Running, run.Context.Job!.State);
    }

    [Fact]
    public async Task Foreach_in_a_body_runs_on_executors_and_a_partition_that_throws_is_tried_again()
    {
        var seen = new ConcurrentQueue<(int Row, Executor? Executor)>();
        var done = new TaskCompletionSource();
        await using var run = await ExecutorRun.StartAsync(run => run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2]])).ForeachRDD(rdd =>
        {
            rdd.Coalesce(1).Foreach(row =>
            {
                seen.Enqueue((row, DatasetTask.Current?.Executor));
                if (row == 2 && seen.Count < 8)
                    throw new FormatException();
            });
            if (!seen.IsEmpty)
                done.TrySetResult();
        }));

        await await Task.WhenAny(done.Task, run.Context.AwaitTerminationAsync()).WaitAsync(BatchRun.Patience);

        Assert.Equal([1, 2, 1, 2, 1, 2, 1, 2], seen.Select(one => one.Row));
        Assert.All(seen, one => Assert.NotNull(one.Executor));
    }

    [Fact]
    public async Task What_stands_on_no_batch_is_computed_by_the_executors_of_the_body_that_asks_for_it()
    {
        var rows = Rdd.Parallelize([1, 2, 3], 3);
        var executors = new TaskCompletionSource<Executor?[]>();
        await using var run = await ExecutorRun.StartAsync(run => run.Context.QueueStream(new ConcurrentQueue<int[]>([[1]])).ForeachRDD(_ =>
        {
            Executor?[] outside = rows.Map(_ => DatasetTask.Current?.Executor).Collect();
            Executor?[] shuffled = Rdd.Parallelize([1, 2, 3], 3).KeyBy(row => row).MapValues(_ => DatasetTask.Current?.Executor).ReduceByKey((left, _) => left).Values().Collect();
            Executor?[] beside = rows.Map(_ => DatasetTask.Current?.Executor).CollectAsync().Result;
            executors.TrySetResult([.. outside, .. shuffled, .. beside]);
        }));

        Assert.Equal(9, (await executors.Task.WaitAsync(BatchRun.Patience)).Count(executor => executor is not null));
        Assert.All(rows.Map(_ => DatasetTask.Current?.Executor).Collect(), executor => Assert.Null(executor));
    }

    [Fact]
    public async Task What_a_running_context_parallelizes_is_computed_by_its_executors_wherever_it_is_asked_for()
    {
        await using var run = await ExecutorRun.StartAsync();
        var tries = new ConcurrentQueue<Executor?>();

        var failure = Assert.Throws<UserFunctionException>(() => run.Context.Parallelize([1], 1).Foreach(_ =>
        {
            tries.Enqueue(DatasetTask.Current?.Executor);
            throw new FormatException("no");
        }));

        Assert.Equal("foreach threw FormatException: no (partition 0)", failure.Message);
        Assert.Equal(4, tries.Count);
        Assert.All(tries, executor => Assert.NotNull(executor));
    }

    [Fact]
    public async Task What_a_context_parallelizes_is_computed_before_its_start_and_after_its_end_too()
    {
        await using var run = await ExecutorRun.StartAsync();
        await using var other = new StreamingContext(run.Host, TimeSpan.FromSeconds(1));
        await run.Context.StopAsync();

        Assert.Equal([2, 3], run.Context.Parallelize([1, 2]).Map(row => row + 1).Collect());
        Assert.Equal([2, 3], other.Parallelize([1, 2]).Map(row => row + 1).Collect());
    }

    [Fact]
    public async Task Actions_within_functions_and_of_many_threads_at_once_come_to_their_end()
    {
        await using var run = await ExecutorRun.StartAsync();
        var inner = run.Pairs(10).ReduceByKey((left, right) => left + right, 4).Cache();
        var ordered = run.Pairs(10).SortByKey(ascending: false, numPartitions: 3);
        var outer = run.Pairs(6).Map(pair => inner.Values().Collect().Sum() + ordered.Count() + ordered.ZipWithIndex().Count() + pair.Value);

        var sums = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => outer.Collect().Sum()))).WaitAsync(BatchRun.Patience);

        Assert.All(sums, sum => Assert.Equal((6 * (45 + 20)) + 15, sum));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_lost_while_many_threads_compute_they_find_the_same_rows(int seed)
    {
        await using var run = await ExecutorRun.StartAsync();
        var random = new Random(seed);
        var lives = new ConcurrentDictionary<int, Executor>();
        var rows = run.Pairs(12).Map(pair => pair).Cache();
        var sums = rows.ReduceByKey((left, right) => left + right, 5);
        var joined = sums.Cache().Join(rows.GroupByKey(3)).MapValues(values =>
        {
            lives[DatasetTask.Current!.Executor!.Number] = DatasetTask.Current.Executor;
            return values.Left + values.Right.Count;
        });
        var isOver = false;

        var found = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var results = new List<string>();
            do
                results.Add(string.Join(' ', joined.Collect().OrderBy(pair => pair.Key)));
            while (!Volatile.Read(ref isOver));
            return results;
        })).ToArray();
        for (var kill = 0; kill < 60; kill++)
        {
            Assert.True(SpinWait.SpinUntil(() => lives.Values.Any(life => !life.IsLost), BatchRun.Patience), $"No executor is at work, seed {seed}.");
            var living = lives.Values.Where(life => !life.IsLost).ToArray();
            run.Kill(living[random.Next(living.Length)]);
        }

        Volatile.Write(ref isOver, true);
        var all = (await Task.WhenAll(found).WaitAsync(BatchRun.Patience)).SelectMany(results => results).Distinct();

        Assert.Equal(["(0, 22) (1, 26) (2, 30)"], all);
    }

    [Fact]
    public async Task When_the_job_ends_an_action_under_way_is_cancelled_and_later_ones_run_without_it()
    {
        await using var run = await ExecutorRun.StartAsync();
        using var released = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var rows = run.Of([1], [2]).Map(row =>
        {
            begun.TrySetResult();
            released.Wait();
            return row;
        });
        var action = Task.Run(() => rows.Collect());
        await begun.Task.WaitAsync(BatchRun.Patience);

        await run.Context.StopAsync().WaitAsync(BatchRun.Patience);
        await Assert.ThrowsAsync<OperationCanceledException>(() => action.WaitAsync(BatchRun.Patience));
        released.Set();

        Assert.Equal([1, 2], rows.Collect());
    }
}
