using System.Collections.Concurrent;
using CsCheck;
using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>Actions beside the caller, and the estimate of a count.</summary>
public sealed class AsyncActionTests
{
    [Fact]
    public void They_give_what_the_others_give() => Gen.Select(Datasets.Numbers, Gen.Int[0, 50]).Sample((partitions, count) =>
    {
        var rows = Datasets.Of(partitions);
        var (sum, sumOfPartitions) = (0, 0);

        Assert.Equal(rows.Count(), rows.CountAsync().GetAwaiter().GetResult());
        Assert.Equal(rows.Collect(), rows.CollectAsync().GetAwaiter().GetResult());
        Assert.Equal(rows.Take(count), rows.TakeAsync(count).GetAwaiter().GetResult());
        rows.ForeachAsync(row => Interlocked.Add(ref sum, row)).GetAwaiter().GetResult();
        rows.ForeachPartitionAsync(part => Interlocked.Add(ref sumOfPartitions, part.Sum())).GetAwaiter().GetResult();
        Assert.Equal((partitions.Flat().Sum(), partitions.Flat().Sum()), (sum, sumOfPartitions));
        var counted = rows.CountApprox(TimeSpan.FromMinutes(1));
        Assert.True(counted.IsInitialValueFinal);
        Assert.StartsWith("(final: ", counted.ToString(), StringComparison.Ordinal);
        Assert.Equal(BoundedDouble.Exactly(partitions.Flat().Length), counted.InitialValue);
    });

    [Fact]
    public async Task Caller_goes_on_and_a_cancelled_action_begins_no_further_partition()
    {
        await using var run = await ExecutorRun.StartAsync(executors: 1);
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var computed = 0;
        var rows = run.Of([1], [2], [3]).MapPartitions(part =>
        {
            Interlocked.Increment(ref computed);
            begun.TrySetResult();
            gate.Wait();
            return part;
        });

        var counting = rows.CountAsync(cancellation.Token);
        await begun.Task.WaitAsync(BatchRun.Patience);
        Assert.False(counting.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => counting.WaitAsync(BatchRun.Patience));
        Assert.True(counting.IsCanceled);
        gate.Set();
        Assert.Equal(2, await run.Of([1], [2]).CountAsync().WaitAsync(BatchRun.Patience));
        Assert.Equal(1, Volatile.Read(ref computed));
    }

    [Fact]
    public async Task One_that_is_cancelled_before_it_begins_computes_nothing()
    {
        var (rows, computed) = Datasets.Counting([1], [2]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rows.CollectAsync(new CancellationToken(canceled: true)));

        Assert.Equal([0, 0], computed);
    }

    [Fact]
    public async Task What_a_function_throws_names_the_operation_and_the_partition()
    {
        var rows = Datasets.Of([1], [2]);

        var failure = await Assert.ThrowsAsync<UserFunctionException>(() => rows.ForeachAsync(row => Assert.NotEqual(2, row)));

        Assert.StartsWith("foreachAsync threw ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(" (partition 1)", failure.Message, StringComparison.Ordinal);
        Assert.Equal("A count of -1 rows found, 0 or more expected.", Assert.Throws<GraphException>(() => { _ = rows.TakeAsync(-1); }).Message);
    }

    [Fact]
    public async Task Within_a_function_of_an_RDD_they_are_done_when_they_return()
    {
        await using var run = await ExecutorRun.StartAsync(executors: 1);
        var inner = run.Of([1], [2]);

        var counts = await run.Of([1], [2], [3]).Map(_ => inner.CountAsync().GetAwaiter().GetResult()).CollectAsync().WaitAsync(BatchRun.Patience);

        Assert.Equal([2, 2, 2], counts);
    }

    [Fact]
    public async Task A_batch_waits_for_what_its_asynchronous_body_awaits()
    {
        var counts = new ConcurrentQueue<long>();
        var done = new TaskCompletionSource();
        await using var run = await ExecutorRun.StartAsync(run => run.Context.QueueStream(new ConcurrentQueue<int[]>([[1], [2, 3], [4, 5, 6]])).ForeachRDD(async rdd =>
        {
            counts.Enqueue(await rdd.Map(row => row * 2).CountAsync());
            if (counts.Count == 3)
                done.TrySetResult();
        }));

        await await Task.WhenAny(done.Task, run.Context.AwaitTerminationAsync()).WaitAsync(BatchRun.Patience);

        Assert.Equal([1, 2, 3], counts.Take(3));
    }

    [Fact]
    public async Task A_batch_waits_for_what_its_body_has_begun_and_not_awaited()
    {
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var returned = new TaskCompletionSource();
        var (written, writtenBefore) = (0, new ConcurrentQueue<int>());
        var second = new TaskCompletionSource();
        await using var run = await ExecutorRun.StartAsync(run => run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2, 3], [4]])).ForeachRDD(rdd =>
        {
            writtenBefore.Enqueue(Volatile.Read(ref written));
            if (writtenBefore.Count == 2)
                second.TrySetResult();
            _ = rdd.ForeachAsync(row =>
            {
                begun.TrySetResult();
                gate.Wait();
                Interlocked.Increment(ref written);
            });
            returned.TrySetResult();
        }));
        await Task.WhenAll(begun.Task, returned.Task).WaitAsync(BatchRun.Patience);

        Assert.False(second.Task.IsCompleted);
        gate.Set();
        await second.Task.WaitAsync(BatchRun.Patience);

        Assert.Equal([0, 3], writtenBefore.Take(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_action_that_fails_fails_its_body_also_where_nobody_awaits_it_or_its_error_is_caught(bool isCaught)
    {
        await using var run = await ExecutorRun.StartAsync(run => run.Context.QueueStream(new ConcurrentQueue<int[]>([[0]])).ForeachRDD(async rdd =>
        {
            var count = rdd.Map(row => 1 / row).CountAsync();
            if (isCaught)
                await count.ContinueWith(done => done.Exception, TaskScheduler.Default);
        }));

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience));

        Assert.Contains("Output operation foreachRDD(queue) threw UserFunctionException: map threw DivideByZeroException", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_action_and_one_within_a_function_of_an_RDD_are_no_failure_of_the_body()
    {
        var third = new TaskCompletionSource();
        var batches = 0;
        await using var run = await ExecutorRun.StartAsync(run => run.Context.QueueStream(new ConcurrentQueue<int[]>([[1], [2], [3]])).ForeachRDD(rdd =>
        {
            _ = rdd.CountAsync(new CancellationToken(canceled: true));
            _ = rdd.Map(_ => rdd.CountAsync().GetAwaiter().GetResult()).CollectAsync();
            if (++batches == 3)
                third.TrySetResult();
        }));

        await await Task.WhenAny(third.Task, run.Context.AwaitTerminationAsync()).WaitAsync(BatchRun.Patience);

        Assert.Equal(JobState.Running, run.Context.Job!.State);
    }

    [Fact]
    public async Task A_function_of_Transform_has_come_back_when_its_actions_have_ended()
    {
        var written = 0;
        var seen = new TaskCompletionSource<int>();
        await using var run = await ExecutorRun.StartAsync(run => run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2, 3]]))
            .Transform(rdd =>
            {
                _ = rdd.ForeachAsync(_ => Interlocked.Increment(ref written));
                return rdd.Map(row => (row, Volatile.Read(ref written)));
            })
            .ForeachRDD(rdd =>
            {
                foreach (var (_, before) in rdd.Collect())
                    seen.TrySetResult(before);
            }));

        Assert.Equal(3, await seen.Task.WaitAsync(BatchRun.Patience));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task At_the_end_of_a_body_a_count_is_given_up_unless_its_final_value_was_asked_for(bool isAskedFor)
    {
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var result = new TaskCompletionSource<PartialResult<BoundedDouble>>();
        var next = new TaskCompletionSource();
        await using var run = await ExecutorRun.StartAsync(run => run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2, 3], []])).ForeachRDD(rdd =>
        {
            if (result.Task.IsCompleted)
            {
                next.TrySetResult();
                return;
            }

            var count = rdd.Map(row =>
            {
                begun.TrySetResult();
                gate.Wait();
                return row;
            }).CountApprox(TimeSpan.Zero);
            begun.Task.GetAwaiter().GetResult();
            if (isAskedFor)
                _ = count.FinalValue;
            result.TrySetResult(count);
        }));
        var partial = await result.Task.WaitAsync(BatchRun.Patience);

        if (isAskedFor)
            gate.Set();
        await next.Task.WaitAsync(BatchRun.Patience);
        gate.Set();

        Assert.Equal(isAskedFor, partial.FinalValue.IsCompletedSuccessfully);
        Assert.Equal(!isAskedFor, partial.FinalValue.IsCanceled);
    }

    [Fact]
    public async Task A_count_that_takes_longer_is_estimated_and_goes_on()
    {
        await using var run = await ExecutorRun.StartAsync(executors: 1);
        using var gate = new ManualResetEventSlim();
        var rows = run.Of([1, 2], [3]).MapPartitions(part =>
        {
            gate.Wait();
            return part;
        });

        var count = rows.CountApprox(TimeSpan.Zero);

        Assert.False(count.IsInitialValueFinal);
        Assert.Equal(new(0, 0, 0, double.PositiveInfinity), count.InitialValue);
        gate.Set();
        Assert.Equal(BoundedDouble.Exactly(3), await count.FinalValue.WaitAsync(BatchRun.Patience));
        Assert.Throws<GraphException>(() => rows.CountApprox(TimeSpan.FromMilliseconds(-1)));
        Assert.Throws<GraphException>(() => rows.CountApprox(TimeSpan.Zero, 1.5));
    }

    [Fact]
    public void An_estimate_goes_by_the_partitions_that_were_counted_each_once()
    {
        var estimate = new CountEstimate(4, 0.95);

        estimate.Add(2, 60);
        estimate.Add(0, 40);
        estimate.Add(2, 60);
        Assert.Equal(new(200, 0.95, 174, 229), estimate.Current());
        estimate.Add(1, 0);
        estimate.Add(3, 1);

        Assert.Equal(BoundedDouble.Exactly(101), estimate.Current());
        Assert.Equal("[101.000, 101.000]", estimate.Current().ToString());
    }

    /// <summary>Bounds by summing up the probabilities of both distributions with exact factorials (log-gamma).</summary>
    [Theory]
    [InlineData(100, 0.5, 0.95, 174, 229)]
    [InlineData(1, 0.25, 0.95, 1, 13)]
    [InlineData(10, 0.1, 0.9, 57, 154)]
    [InlineData(5000, 0.75, 0.99, 6547, 6790)]
    [InlineData(10_000, 0.5, 0.95, 19_724, 20_279)]
    [InlineData(10_000, 0.05, 0.95, 196_198, 203_839)]
    [InlineData(20_000, 0.5, 0.95, 39_723, 40_278)]
    [InlineData(1_000_000, 0.9, 0.95, 1_110_458, 1_111_765)]
    [InlineData(1_000_000, 0.5, 0.95, 1_998_041, 2_001_960)]
    public void Bounds_are_quantiles_of_the_rows_that_are_left(long seen, double fraction, double confidence, double low, double high)
    {
        var bound = CountEstimate.Bound(seen, fraction, confidence);

        Assert.Equal(seen / fraction, bound.Mean, 6);
        Assert.InRange(bound.Low, low - 1, low + 1);
        Assert.InRange(bound.High, high - 1, high + 1);
    }

    [Fact]
    public void Bounds_of_any_confidence_hold_the_estimate_and_widen_with_it() =>
        Gen.Select(Gen.Long[1, 1_000_000_000_000], Gen.Double[0.001, 0.999], Gen.Double[0.5, 0.999]).Sample((seen, fraction, confidence) =>
        {
            var (narrow, wide) = (CountEstimate.Bound(seen, fraction, confidence / 2), CountEstimate.Bound(seen, fraction, confidence));
            Assert.InRange(narrow.Low, wide.Low, narrow.High);
            Assert.InRange(narrow.High, narrow.Low, wide.High);
            Assert.True(wide.Low >= seen);
            Assert.Equal(double.PositiveInfinity, CountEstimate.Bound(seen, fraction, 1).High);
        });
}
