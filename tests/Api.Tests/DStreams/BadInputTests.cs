using System.Collections.Concurrent;
using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

/// <summary>What a user does wrong, and the one line that he gets.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1000)]
    [InlineData(0.5)]
    [InlineData(1.5)]
    [InlineData(86_400_001)]
    public async Task A_batch_interval_that_is_no_whole_millisecond_is_refused(double intervalMs)
    {
        await using var run = await BatchRun.CreateAsync();

        var failure = Assert.Throws<GraphException>(() => new StreamingContext(run.Host, TimeSpan.FromTicks((long)(intervalMs * TimeSpan.TicksPerMillisecond))));

        Assert.Contains("1 or more, expected", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_without_output_operation_is_not_started()
    {
        await using var run = await BatchRun.CreateAsync();
        run.Context.QueueStream(new ConcurrentQueue<int[]>()).Map(row => row);

        await RefuseAsync("No output operation", () => run.Context.StartAsync());
    }

    [Fact]
    public async Task A_context_starts_once_and_takes_no_operation_after_it()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>());
        stream.Print(10, TextWriter.Null);
        await run.Context.StartAsync();

        await RefuseAsync("active already", () => run.Context.StartAsync());
        Assert.Contains("after the start", Assert.Throws<GraphException>(() => stream.Map(row => row)).Message, StringComparison.Ordinal);
        Assert.Contains("after the start", Assert.Throws<GraphException>(() => stream.Print()).Message, StringComparison.Ordinal);
        await run.Context.StopAsync();
        await RefuseAsync("stopped already", () => run.Context.StartAsync());
        Assert.Contains("after the stop", Assert.Throws<GraphException>(() => stream.Map(row => row)).Message, StringComparison.Ordinal);
        await run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience);
    }

    [Fact]
    public async Task An_output_operation_that_never_returns_fails_the_job_by_its_name()
    {
        await using var run = await BatchRun.CreateAsync(new JobOptions { TaskTimeout = TimeSpan.FromMilliseconds(200) });
        using var never = new ManualResetEventSlim();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1]]));
        stream.Print(10, TextWriter.Null);
        stream.Count().ForeachRDD(_ => never.Wait());

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.RunAsync(stream, 1));

        Assert.Contains("Output operation foreachRDD(queue).2 did not return within 0.2 s", failure.Message, StringComparison.Ordinal);
        await run.Context.StopAsync(graceful: true).WaitAsync(BatchRun.Patience);
        never.Set();
    }

    [Fact]
    public async Task Names_are_unique_and_become_ids()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>()).WithName("numbers");
        stream.Map(row => (row, 1)).RunningReduceByKey((left, right) => left + right).WithName("totals").OnError(Operators.ErrorPolicy.Skip).Print();

        Assert.Contains("  totals [stateful]", run.Context.Explain(), StringComparison.Ordinal);
        Assert.Contains("  numbers\n", run.Context.Explain(), StringComparison.Ordinal);
        Assert.Contains("'totals' found twice", Assert.Throws<GraphException>(() => stream.Map(row => row).WithName("totals")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_context_is_active_in_a_host()
    {
        await using var run = await BatchRun.CreateAsync();
        await using var other = new StreamingContext(run.Host, BatchRun.Interval);
        foreach (var context in new[] { run.Context, other })
            context.QueueStream(new ConcurrentQueue<int[]>()).Print(10, TextWriter.Null);
        Assert.Null(StreamingContext.GetActive(run.Host));
        await run.Context.StartAsync();

        await RefuseAsync("Another context is active", () => other.StartAsync());
        Assert.Same(run.Context, StreamingContext.GetActiveOrCreate(run.Host, () => other));
        await run.Context.StopAsync();
        Assert.Same(other, StreamingContext.GetActiveOrCreate(run.Host, () => other));
        await other.StartAsync();
        Assert.Same(other, StreamingContext.GetActive(run.Host));
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(1500, 1000)]
    [InlineData(2000, 700)]
    [InlineData(2000, -1000)]
    public async Task A_window_that_is_no_multiple_of_the_batch_interval_is_refused(int windowMs, int slideMs)
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>());

        var failure = Assert.Throws<GraphException>(() => stream.Window(TimeSpan.FromMilliseconds(windowMs), TimeSpan.FromMilliseconds(slideMs)));

        Assert.Contains("a multiple of the stream's slide of 1000 ms expected", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_that_was_stopped_before_its_start_does_not_start()
    {
        await using var run = await BatchRun.CreateAsync();
        run.Context.QueueStream(new ConcurrentQueue<int[]>()).Print(10, TextWriter.Null);
        await run.Context.StopAsync();

        await RefuseAsync("stopped already", () => run.Context.StartAsync());
    }

    [Fact]
    public async Task Waiting_before_the_start_is_refused()
    {
        await using var run = await BatchRun.CreateAsync();

        await RefuseAsync("not started", async () => await run.Context.AwaitTerminationAsync());
        await RefuseAsync("not started", () => run.Context.AwaitTerminationOrTimeoutAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task Waiting_with_a_time_out_says_whether_it_ended()
    {
        await using var run = await BatchRun.CreateAsync();
        run.Context.QueueStream(new ConcurrentQueue<int[]>()).Print(10, TextWriter.Null);
        await run.Context.StartAsync();

        Assert.False(await run.Context.AwaitTerminationOrTimeoutAsync(TimeSpan.Zero));
        await run.Context.StopAsync();
        Assert.True(await run.Context.AwaitTerminationOrTimeoutAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task A_function_that_throws_is_named_with_the_record()
    {
        var message = await FailAsync(stream => stream.Map(row => 10 / (row - 2)));

        Assert.Contains("map(queue)", message, StringComparison.Ordinal);
        Assert.Contains("DivideByZeroException", message, StringComparison.Ordinal);
        Assert.Contains("record 2; queue, split 0, offset 1, epoch 1", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_FlatMap_function_that_returns_null_is_told_what_to_return()
    {
        var message = await FailAsync(stream => stream.FlatMap(row => row == 2 ? null! : new[] { row }));

        Assert.Contains("flatMap(queue)", message, StringComparison.Ordinal);
        Assert.Contains("the function returned null", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_brings_a_hash_that_throws_is_named_by_its_type()
    {
        var message = await FailAsync(stream => stream.Map(row => (new ThrowingKey(), row)).ReduceByKey((left, right) => left + right));

        Assert.Contains(typeof(ThrowingKey).FullName!, message, StringComparison.Ordinal);
        Assert.Contains("combineByKey(queue)", message, StringComparison.Ordinal);
        Assert.Contains("no hash", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_whose_member_throws_is_named_by_its_type_at_an_exchange_too()
    {
        var message = await FailAsync(stream => stream.Map(row => (new ThrowingRecord(row), row)).UpdateStateByKey<ThrowingRecord, int, int>((_, _) => 1));

        Assert.Contains(typeof(ThrowingRecord).FullName!, message, StringComparison.Ordinal);
        Assert.Contains("updateStateByKey(queue)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_type_without_a_stable_hash_is_refused_while_the_stream_is_built()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>());

        foreach (var build in new Action[]
        {
            () => stream.Map(row => ((object)row, row)).ReduceByKey((left, _) => left),
            () => stream.Map(row => (new PlainClass(), row)).ReduceByKey((left, _) => left),
            () => stream.Map(row => (new PlainClass(), row)).UpdateStateByKey<PlainClass, int, int>((_, _) => 1),
        })
        {
            var failure = Assert.Throws<GraphException>(build);
            Assert.Contains("stable hash", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failure.Message);
        }
    }

    private static async Task RefuseAsync(string expected, Func<Task> act)
    {
        var failure = await Assert.ThrowsAsync<GraphException>(act);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static async Task<string> FailAsync<T>(Func<DStream<int>, DStream<T>> build)
    {
        await using var run = await BatchRun.CreateAsync(new() { Parallelism = 1 });
        build(run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2, 3]]))).Print(10, TextWriter.Null);
        await run.Context.StartAsync();
        run.Advance(1);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience));
        Assert.DoesNotContain('\n', failure.Message);
        return failure.Message;
    }
}
