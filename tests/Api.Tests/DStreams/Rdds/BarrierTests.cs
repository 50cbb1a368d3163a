using System.Collections.Concurrent;
using System.Globalization;
using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>Stages whose tasks run at once and wait for each other.</summary>
public sealed class BarrierTests
{
    [Fact]
    public async Task Tasks_run_at_once_on_executors_and_hear_of_each_other()
    {
        await using var run = await ExecutorRun.StartAsync(executors: 4);
        var executors = new ConcurrentDictionary<Executor, int>();

        var rows = Exchange(run.Of([1], [2, 3], [], [4]).KeyBy(row => row).ReduceByKey((left, _) => left, 4).Keys(), executors);

        Assert.Equal(4, executors.Count);
        Assert.Equal([10, 10, 10, 10], rows.Map(row => row.Sum).Collect());
        Assert.Equal(4, rows.Map(row => row.Partition).Collect().Distinct().Count());
    }

    [Fact]
    public void Without_a_job_each_partition_has_a_thread()
    {
        var partitions = Enumerable.Range(0, 20).Select(row => new[] { row }).ToArray();

        Assert.All(Exchange(Datasets.Of(partitions)).Collect(), row => Assert.Equal(190, row.Sum));
    }

    [Fact]
    public void A_stage_is_computed_as_a_whole_and_once_whatever_asks_for_it()
    {
        var (parent, computed) = Datasets.Counting([1], [2], [3]);
        var rows = Exchange(parent);

        Assert.Equal([(0, 6)], rows.Take(1));
        Assert.Equal([(0, 6), (1, 6)], rows.Coalesce(2).Glom().Collect()[0].Concat(rows.Take(2)).Distinct().Take(2));
        Assert.Equal(6, rows.Union(rows).Count());
        Assert.Equal([1, 1, 1], computed);
        Assert.Contains("BarrierRdd", rows.ToDebugString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fewer_executors_than_partitions_are_refused_at_once()
    {
        await using var run = await ExecutorRun.StartAsync(executors: 2);

        var failure = Assert.Throws<GraphException>(() => Exchange(run.Of([1], [2], [3])).Count());

        Assert.Equal("barrier: an executor for each of 3 partitions expected, 2 executors found; use fewer partitions (Coalesce), or set millrace.task.threads.", failure.Message);
        Assert.Equal(2, Exchange(run.Of([1], [2], [3]).Coalesce(2)).Count());
    }

    [Fact]
    public async Task A_task_that_fails_lets_the_others_go_and_the_stage_is_tried_again()
    {
        await using var run = await ExecutorRun.StartAsync(executors: 3);
        var tries = new ConcurrentQueue<(int Partition, int Attempt)>();

        var rows = run.Of([1], [2], [3]).Barrier().MapPartitions((task, rows) =>
        {
            tries.Enqueue((task.PartitionId, task.AttemptNumber));
            task.Barrier();
            if (task is { PartitionId: 1, AttemptNumber: 0 })
                throw new InvalidOperationException("once");
            task.Barrier();
            return rows;
        });

        Assert.Equal([1, 2, 3], rows.Collect());
        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)], tries.Order());
    }

    [Fact]
    public async Task One_that_always_fails_is_named_by_its_partition_and_the_job_goes_on()
    {
        await using var run = await ExecutorRun.StartAsync(executors: 3);

        var failure = Assert.Throws<UserFunctionException>(() => run.Of([1], [2], [3]).Barrier().MapPartitions((task, rows) =>
        {
            if (task.PartitionId == 2)
                throw new InvalidOperationException("always");
            task.Barrier();
            return rows;
        }).Count());

        Assert.StartsWith("barrier threw InvalidOperationException: always", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("(partition 2)", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, Exchange(run.Of([1], [2], [3])).Count());
    }

    [Fact]
    public void A_task_that_ends_while_others_wait_fails_the_stage_and_nobody_hangs()
    {
        var failure = Assert.Throws<UserFunctionException>(() => Datasets.Of([1], [2], [3]).Barrier().MapPartitions((task, rows) =>
        {
            if (task.PartitionId > 0)
                task.Barrier();
            return rows;
        }).Count());

        Assert.StartsWith("barrier: every task of the stage expected to wait as often as the others", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_that_wait_are_let_go_when_the_job_ends()
    {
        await using var run = await ExecutorRun.StartAsync(executors: 2);
        using var gate = new ManualResetEventSlim();
        var waits = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        var counting = run.Of([1], [2]).Barrier().MapPartitions((task, rows) =>
        {
            if (task.PartitionId == 0)
            {
                gate.Wait();
                return rows;
            }

            waits.TrySetResult();
            try
            {
                task.Barrier();
            }
            finally
            {
                left.TrySetResult();
            }

            return rows;
        }).CountAsync();
        await waits.Task.WaitAsync(BatchRun.Patience);

        var stopping = run.Context.StopAsync(graceful: false);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => counting.WaitAsync(BatchRun.Patience));
        await left.Task.WaitAsync(BatchRun.Patience);
        gate.Set();
        await stopping.WaitAsync(BatchRun.Patience);
    }

    [Fact]
    public void A_function_of_another_RDD_can_not_have_it_computed()
    {
        var stage = Exchange(Datasets.Of([1], [2]));
        var outer = Datasets.Of([1], [2]).Map(_ => stage.Count());

        var failure = Assert.Throws<GraphException>(() => outer.Collect());
        stage.Count();

        Assert.Contains("call an action on it first, outside", failure.Message, StringComparison.Ordinal);
        Assert.Equal([2, 2], outer.Collect());
    }

    // What each partition holds is told to all others, and summed up.
    private static Rdd<(int Partition, int Sum)> Exchange(Rdd<int> rows, ConcurrentDictionary<Executor, int>? executors = null)
    {
        var summed = rows.Barrier().MapPartitions((task, part) =>
        {
            if (DatasetTask.Current?.Executor is { } executor)
                executors?.TryAdd(executor, task.PartitionId);
            var sums = task.AllGather(part.Sum().ToString(CultureInfo.InvariantCulture));
            task.Barrier();
            return Enumerable.Repeat((task.PartitionId, sums.Sum(sum => int.Parse(sum, CultureInfo.InvariantCulture))), 1);
        });
        if (executors is not null)
            summed.Count();
        return summed;
    }
}
