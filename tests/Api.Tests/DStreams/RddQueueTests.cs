using System.Collections.Concurrent;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams;

/// <summary>Streams of a queue of RDDs, in the three forms of Spark's <c>queueStream</c>.</summary>
public sealed class RddQueueTests
{
    [Fact]
    public async Task Each_batch_takes_one_RDD_and_is_empty_where_there_is_none()
    {
        await using var run = await BatchRun.CreateAsync();
        var batches = run.Collect(run.Context.QueueStream(Queue([1, 2, 3], [], [4])));

        await run.RunAsync(run.Context.QueueStream(new ConcurrentQueue<int[]>()), 4);

        Assert.Equal([[1, 2, 3], [], [4], []], batches.Select(batch => batch.Rows));
    }

    [Fact]
    public async Task All_that_are_there_are_one_batch_in_their_order()
    {
        await using var run = await BatchRun.CreateAsync();
        var batches = run.Collect(run.Context.QueueStream(Queue([1, 2, 3], [4], [5, 6]), oneAtATime: false));

        await run.RunAsync(run.Context.QueueStream(new ConcurrentQueue<int[]>()), 2);

        Assert.Equal([[1, 2, 3, 4, 5, 6], []], batches.Select(batch => batch.Rows));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_default_stands_in_for_an_empty_queue_and_not_for_an_empty_RDD(bool oneAtATime)
    {
        await using var run = await BatchRun.CreateAsync();
        var batches = run.Collect(run.Context.QueueStream(Queue((int[])[]), oneAtATime, Rdd.Parallelize([7, 8])));

        await run.RunAsync(run.Context.QueueStream(new ConcurrentQueue<int[]>()), 3);

        Assert.Equal([[], [7, 8], [7, 8]], batches.Select(batch => batch.Rows));
    }

    [Fact]
    public async Task An_RDD_is_computed_by_the_job_and_again_where_a_partition_fails()
    {
        await using var run = await BatchRun.CreateAsync();
        var tries = 0;
        var queue = new ConcurrentQueue<Rdd<int>>([Rdd.Parallelize([1, 2], 1).Map(row => Interlocked.Increment(ref tries) == 1 ? throw new InvalidOperationException("once") : row * 10)]);
        var batches = run.Collect(run.Context.QueueStream(queue));

        await run.RunAsync(run.Context.QueueStream(new ConcurrentQueue<int[]>()), 1);

        Assert.Equal([10, 20], batches[0].Rows);
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task What_is_enqueued_while_the_job_runs_is_in_a_later_batch()
    {
        await using var run = await BatchRun.CreateAsync();
        var queue = Queue([1]);
        var stream = run.Context.QueueStream(queue);
        var batches = run.Collect(stream);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stream.ForeachRDD(_ => first.TrySetResult());
        await run.Context.StartAsync();
        run.Advance(1);
        await first.Task.WaitAsync(BatchRun.Patience);

        queue.Enqueue(Rdd.Parallelize([2]));
        await run.Context.StopAsync(graceful: true).WaitAsync(BatchRun.Patience);

        Assert.Equal([[1], [2]], batches.Select(batch => batch.Rows));
    }

    [Fact]
    public async Task Null_in_the_queue_fails_the_job_in_one_line()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<Rdd<int>>([null!]));

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.RunAsync(stream, 1));

        Assert.Contains("queue: an RDD expected, null found; enqueue Rdd.EmptyRdd for an empty batch.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static ConcurrentQueue<Rdd<int>> Queue(params int[][] batches) => new(batches.Select(rows => Rdd.Parallelize(rows)));
}
