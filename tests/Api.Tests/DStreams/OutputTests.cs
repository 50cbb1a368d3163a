using System.Collections.Concurrent;
using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

public sealed class OutputTests
{
    [Fact]
    public async Task An_immediate_stop_waits_for_the_body_that_is_running()
    {
        await using var run = await BatchRun.CreateAsync();
        var entered = new TaskCompletionSource();
        using var released = new ManualResetEventSlim();
        var isDone = false;
        run.Context.QueueStream(new ConcurrentQueue<int[]>([[1]])).ForeachRDD((_, _) =>
        {
            entered.TrySetResult();
            released.Wait(BatchRun.Patience);
            Volatile.Write(ref isDone, true);
        });
        await run.Context.StartAsync();
        run.Advance(1);
        await entered.Task.WaitAsync(BatchRun.Patience);

        var stopping = run.Context.StopAsync();
        Assert.False(stopping.IsCompleted);
        released.Set();
        await stopping.WaitAsync(BatchRun.Patience);

        Assert.True(Volatile.Read(ref isDone));
    }

    [Fact]
    public async Task Word_count_prints_as_Spark_does()
    {
        await using var run = await BatchRun.CreateAsync(new() { Parallelism = 1 });
        using var writer = new StringWriter { NewLine = "\n" };
        var lines = run.Context.QueueStream(new ConcurrentQueue<string[]>([["to be or", "not to be"], [], ["to"]]));
        var counts = lines.FlatMap(line => line.Split(' ')).Map(word => (word, 1)).ReduceByKey((left, right) => left + right);
        counts.Filter(pair => pair.Key == "to").Print(10, writer);

        await run.RunAsync(counts, 3);

        Assert.Equal(Block(1000, "(to,2)") + Block(2000) + Block(3000, "(to,1)"), writer.ToString());
    }

    [Fact]
    public async Task Print_shows_the_first_rows_and_three_dots_when_there_are_more()
    {
        await using var run = await BatchRun.CreateAsync(new() { Parallelism = 1 });
        using var writer = new StringWriter { NewLine = "\n" };
        var rows = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2], [1, 2, 3]]));
        rows.Print(2, writer);

        await run.RunAsync(rows, 2);

        Assert.Equal(Block(1000, "1", "2") + Block(2000, "1", "2", "..."), writer.ToString());
    }

    [Fact]
    public async Task Print_shows_all_rows_of_a_batch_to_whoever_asks_for_the_highest_number()
    {
        await using var run = await BatchRun.CreateAsync(new() { Parallelism = 1 });
        using var writer = new StringWriter { NewLine = "\n" };
        var rows = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2, 3], []]));
        rows.Print(int.MaxValue, writer);

        await run.RunAsync(rows, 2);

        Assert.Equal(Block(1000, "1", "2", "3") + Block(2000), writer.ToString());
    }

    [Fact]
    public async Task Bodies_run_batch_after_batch_in_the_order_of_the_program_on_one_thread()
    {
        await using var run = await BatchRun.CreateAsync();
        var calls = new List<(long TimeMs, string Output, int Thread)>();
        var rows = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2], [3], [], [4, 5, 6]]));
        rows.Count().ForeachRDD((_, time) => calls.Add((time.Milliseconds, "first", Environment.CurrentManagedThreadId)));
        rows.Map(row => (row, row)).ReduceByKey(Math.Max).ForeachRDD((_, time) => calls.Add((time.Milliseconds, "second", Environment.CurrentManagedThreadId)));
        rows.ForeachRDD((_, time) => calls.Add((time.Milliseconds, "third", Environment.CurrentManagedThreadId)));

        await run.RunAsync(rows, 6);

        Assert.Equal(
            Enumerable.Range(1, 6).SelectMany(batch => new[] { "first", "second", "third" }.Select(output => (batch * 1000L, output))),
            calls.Select(call => (call.TimeMs, call.Output)));
        Assert.Single(calls.Select(call => call.Thread).Distinct());
    }

    [Fact]
    public async Task A_body_that_throws_ends_the_context_with_one_line()
    {
        await using var run = await BatchRun.CreateAsync();
        var batches = 0;
        run.Context.QueueStream(new ConcurrentQueue<int[]>([[1]])).ForeachRDD((_, _) =>
        {
            batches++;
            throw new FormatException("two\nlines");
        });
        await run.Context.StartAsync();
        run.Advance(3);

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience));

        Assert.Contains("FormatException: two lines", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Equal(1, batches);
        Assert.Equal(StreamingContextState.Stopped, run.Context.State);
    }

    [Fact]
    public async Task A_slow_body_holds_back_the_batches_behind_it()
    {
        await using var run = await BatchRun.CreateAsync(new() { Parallelism = 1 });
        var (done, aheadMax) = (0, 0);
        var rows = run.Context.QueueStream(new ConcurrentQueue<int[]>(Enumerable.Range(1, 40).Select(batch => new[] { batch })));
        var seen = rows.Map(batch =>
        {
            aheadMax = Math.Max(aheadMax, batch - Volatile.Read(ref done));
            return batch;
        });
        seen.ForeachRDD((_, _) =>
        {
            // So many turns of the scheduler as let every batch through that may come.
            for (var turn = 0; turn < 200; turn++)
                Thread.Yield();
            Interlocked.Increment(ref done);
        });

        await run.RunAsync(rows, 40);

        Assert.InRange(aheadMax, 1, 4);
    }

    [Fact]
    public async Task While_a_body_blocks_no_more_batches_commit_than_may_be_in_flight()
    {
        await using var run = await BatchRun.CreateAsync(new() { Parallelism = 1, MaxInflightEpochs = 2 });
        using var released = new ManualResetEventSlim();
        var (blocked, last) = (new TaskCompletionSource(), new TaskCompletionSource());
        var rows = run.Context.QueueStream(new ConcurrentQueue<int[]>([]));
        rows.ForeachRDD((_, time) =>
        {
            blocked.TrySetResult();
            released.Wait();
            if (time.Milliseconds == 10_000)
                last.TrySetResult();
        });
        await run.Context.StartAsync();
        run.Advance(10);
        await blocked.Task.WaitAsync(BatchRun.Patience);

        Assert.InRange(run.Context.Job!.Committed.Number, 1, 2);
        released.Set();
        await last.Task.WaitAsync(BatchRun.Patience);
    }

    [Fact]
    public async Task A_graceful_stop_works_off_what_was_received()
    {
        await using var run = await BatchRun.CreateAsync();
        var queue = new ConcurrentQueue<int[]>();
        var batches = run.Collect(run.Context.QueueStream(queue, oneAtATime: false));
        await run.Context.StartAsync();
        for (var row = 0; row < 30; row++)
            queue.Enqueue([row]);

        await run.Context.StopAsync(graceful: true).WaitAsync(BatchRun.Patience);

        Assert.Equal(Enumerable.Range(0, 30), batches.SelectMany(batch => batch.Rows).Order());
        Assert.Equal(StreamingContextState.Stopped, run.Context.State);
    }

    [Fact]
    public async Task A_graceful_stop_says_what_a_body_that_does_not_return_has_left_undone()
    {
        using var released = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        await using var run = await BatchRun.CreateAsync(gracefulTimeout: "200 ms");
        run.Context.QueueStream(new ConcurrentQueue<int[]>([[1]])).ForeachRDD(_ =>
        {
            entered.TrySetResult();
            released.Wait();
        });
        await run.Context.StartAsync();
        run.Advance(1);
        await entered.Task.WaitAsync(BatchRun.Patience);

        var failure = await Assert.ThrowsAsync<StopTimeoutException>(() => run.Context.StopAsync(graceful: true).WaitAsync(BatchRun.Patience));
        released.Set();

        Assert.Contains("(millrace.stop.graceful-timeout), sink foreachRDD(queue) at epoch 0 of ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(StreamingContextState.Stopped, run.Context.State);
        await run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience);
    }

    [Fact]
    public async Task A_graceful_stop_works_off_whatever_a_receiver_was_told_is_stored()
    {
        await using var run = await BatchRun.CreateAsync();
        var receiver = new TirelessReceiver();
        var batches = run.Collect(run.Context.ReceiverStream(() => receiver, new() { BlockInterval = TimeSpan.FromDays(1) }));
        await run.Context.StartAsync();
        await receiver.Storing.WaitAsync(BatchRun.Patience);

        await run.Context.StopAsync(graceful: true).WaitAsync(BatchRun.Patience);

        Assert.False(receiver.Store(-1));
        Assert.Equal(Enumerable.Range(0, await receiver.Stored.WaitAsync(BatchRun.Patience)), batches.SelectMany(batch => batch.Rows));
    }

    private static string Block(long timeMs, params string[] rows) =>
        $"-------------------------------------------\nTime: {timeMs} ms\n-------------------------------------------\n{string.Concat(rows.Select(row => row + "\n"))}\n";
}
