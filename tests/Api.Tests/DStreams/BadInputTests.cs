using System.Collections.Concurrent;
using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.Operators;

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
    public async Task A_window_of_more_batches_than_can_be_counted_is_refused()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>());

        var failure = Assert.Throws<GraphException>(() => stream.Window(TimeSpan.FromDays(100_000)));

        Assert.Equal("A window of 100000 days found, at most 100000 batches of 1000 ms expected; make the batches longer.", failure.Message);
    }

    [Fact]
    public async Task Two_initial_states_of_one_key_are_refused()
    {
        await using var run = await BatchRun.CreateAsync();
        var pairs = run.Context.QueueStream(new ConcurrentQueue<(string, int)[]>());
        (string, int)[] states = [("a", 1), ("b", 2), ("a", 3)];
        const string Refusal = "Initial states: one for a key expected, two for key a found; bring them together before.";

        Assert.Equal(Refusal, Assert.Throws<GraphException>(() => pairs.UpdateStateByKey<string, int, int>((_, state) => state, initialState: states)).Message);
        Assert.Equal(Refusal, Assert.Throws<GraphException>(() => StateSpec.Function<string, int, int, int>((_, _, _) => 0).InitialState(states)).Message);
    }

    [Fact]
    public async Task Text_files_below_a_regular_file_are_refused_by_its_name()
    {
        var file = Path.GetTempFileName();
        try
        {
            await using var run = await BatchRun.CreateAsync();
            var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1]]));
            stream.SaveAsTextFiles(Path.Combine(file, "out"));

            var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.RunAsync(stream, 1));

            Assert.Contains($"a directory expected at {file}, a file found; choose another path.", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
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

    [Theory]
    [InlineData("foreachRDD(queue)")]
    [InlineData("print(queue)")]
    public async Task An_output_operation_that_throws_is_named_with_its_batch_even_where_the_error_has_no_message(string name)
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<object[]>([[new Mute()]]));
        if (name.StartsWith("print", StringComparison.Ordinal))
            stream.Print(10, TextWriter.Null);
        else
            stream.ForeachRDD(rdd => throw new SilentException());

        await run.Context.StartAsync();
        run.Advance(1);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience));

        Assert.Contains($"Output operation {name} threw ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("SilentException: (its Message threw InvalidOperationException) (batch of time 1000 ms)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_whose_function_throws_an_exception_of_ours_at_the_end_of_a_batch_is_named()
    {
        await using var run = await BatchRun.CreateAsync();
        run.Collect(run.Context.QueueStream(new ConcurrentQueue<int[]>([[1]])).MapPartitions<int>(_ => throw new GraphException("mine")));

        await run.Context.StartAsync();
        run.Advance(1);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience));

        Assert.Contains("Operator mapPartitions(queue) threw GraphException: mine (", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_on_which_an_error_without_a_message_is_thrown_is_left_out()
    {
        await using var run = await BatchRun.CreateAsync(new JobOptions { OnError = ErrorPolicy.Skip });
        var rows = run.Collect(run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2, 3]])).Map(row => row == 2 ? throw new SilentException() : row));

        await run.RunAsync(run.Context.QueueStream(new ConcurrentQueue<int[]>()), 1);

        Assert.Equal([1, 3], rows.SelectMany(batch => batch.Rows).Order());
        Assert.Equal(1, run.Context.Job!.Counters.RecordsSkipped);
    }

    [Fact]
    public async Task An_asynchronous_body_is_waited_for_and_its_error_is_the_operations()
    {
        await using var run = await BatchRun.CreateAsync();
        var waited = new List<long>();
        run.Context.QueueStream(new ConcurrentQueue<int[]>()).ForeachRDD(async (rdd, time) =>
        {
            await Task.Yield();
            waited.Add(time.Milliseconds);
            if (time.Milliseconds == 3000)
                throw new FormatException("late");
        });

        await run.Context.StartAsync();
        run.Advance(3);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience));

        Assert.EndsWith("threw FormatException: late (batch of time 3000 ms)", failure.Message, StringComparison.Ordinal);
        Assert.Equal([1000, 2000, 3000], waited);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_stops_its_context_and_waits_for_it_does_not_wait_for_itself(bool graceful)
    {
        await using var run = await BatchRun.CreateAsync();
        run.Context.QueueStream(new ConcurrentQueue<int[]>([[1]])).ForeachRDD(async rdd =>
        {
            await Task.Yield();
            await run.Context.StopAsync(graceful);
        });

        await run.Context.StartAsync();
        run.Advance(1);
        await run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience);

        Assert.Equal(JobState.Stopped, run.Context.Job!.State);
    }

    public static TheoryData<JobOptions, string> WrongOptions => new()
    {
        { new() { Parallelism = int.MaxValue }, "Parallelism 2147483647 found, 1 to 32768 expected." },
        { new() { KeyGroups = 200_000 }, "200000 key groups found, 1 to 32768 expected." },
        { new() { MaxInflightEpochs = 65 }, "65 epochs in flight found, 1 to 64 expected." },
        { new() { TaskTimeout = TimeSpan.FromDays(50) }, "Task time-out 4320000000 ms found, more than 0 and at most 1 day expected." },
        { new() { OnError = (ErrorPolicy)77 }, "JobOptions.OnError: Fail, Skip, DeadLetter, Park expected, 77 found." },
        { new() { SnapshotInterval = TimeSpan.FromSeconds(-1) }, "Snapshot interval -1000 ms found, more than 0 expected" },
        { new() { Name = " " }, "JobOptions.Name: an empty name found, a name or null expected." },
        { new() { Parallelism = 20_000 }, "A job of at most 1000000 channels expected, 400000000 found" },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public async Task Options_beyond_their_limits_are_refused_at_the_start(JobOptions options, string expected)
    {
        await using var run = await BatchRun.CreateAsync(options);
        run.Context.QueueStream(new ConcurrentQueue<int[]>()).Repartition(options.Parallelism is 20_000 ? 20_000 : 1).Print(10, TextWriter.Null);

        var failure = await Assert.ThrowsAsync<GraphException>(() => run.Context.StartAsync());

        Assert.StartsWith(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operations_beyond_their_limits_are_refused()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>());

        Assert.Equal("Error policy 77 found, Fail, Skip, DeadLetter, Park expected.", Assert.Throws<GraphException>(() => stream.Map(row => row).OnError((ErrorPolicy)77)).Message);
        stream.Repartition(100_000).Print(10, TextWriter.Null);
        var failure = await Assert.ThrowsAsync<GraphException>(() => run.Context.StartAsync());
        Assert.EndsWith("has parallelism 100000, 1 to 32768 expected.", failure.Message, StringComparison.Ordinal);
    }

    private sealed class Mute
    {
        public override string ToString() => throw new SilentException();
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

        Assert.Contains("Output operation foreachRDD(queue) did not return within 0.2 s", failure.Message, StringComparison.Ordinal);
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
