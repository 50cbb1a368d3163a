using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Millrace.Client;
using Millrace.Connectors.Adapters;
using Millrace.Connectors.Receivers;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.TestSupport;

namespace Millrace.Api.Tests.DStreams;

public sealed class ListenerTests
{
    [Fact]
    public async Task Each_batch_is_told_from_its_plan_to_its_last_output()
    {
        await using var run = await BatchRun.CreateAsync();
        var listener = new Recorder(batches: 3);
        run.Context.AddStreamingListener(listener);
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2, 3], [], [4]]));
        run.Collect(stream);
        run.Collect(stream.Window(2 * BatchRun.Interval, 2 * BatchRun.Interval));

        await run.RunAsync(stream, 3);
        await listener.Done.WaitAsync(BatchRun.Patience);

        Assert.Equal(
            ["submitted 1000", "started 1000", "output 0 begins", "output 0 ends", "output 2 begins", "output 2 ends", "completed 1000"],
            listener.Of(1000));
        Assert.Equal(
            ["submitted 2000", "started 2000", "output 0 begins", "output 0 ends", "output 1 begins", "output 1 ends", "output 2 begins", "output 2 ends", "completed 2000"],
            listener.Of(2000));
        Assert.Equal([3, 0, 1], listener.Completed.Select(batch => batch.NumRecords));
        Assert.All(listener.Completed, batch => Assert.Equal("queue", Assert.Single(batch.Inputs).Stream));
        Assert.Equal([2, 3, 2], listener.Completed.Select(batch => batch.OutputOperations.Count));

        // The clock went over three batches at once.
        Assert.Equal([2, 1, 0], listener.Completed.Select(batch => (int)batch.SchedulingDelay!.Value.TotalSeconds));
        Assert.All(listener.Completed, batch => Assert.Equal(TimeSpan.Zero, batch.ProcessingDelay));
        Assert.Equal([2, 1, 0], listener.Completed.Select(batch => (int)batch.TotalDelay!.Value.TotalSeconds));
        Assert.Equal(0, run.Context.ListenerEventsDropped);
    }

    [Fact]
    public async Task A_failing_output_operation_is_told_with_its_reason()
    {
        await using var run = await BatchRun.CreateAsync();
        var listener = new Recorder(batches: 1);
        run.Context.AddStreamingListener(listener);
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1]]));
        stream.ForeachRDD(_ => throw new FormatException("bad\nrow"));

        await Assert.ThrowsAsync<JobFailedException>(() => run.RunAsync(stream, 1));

        Assert.Equal("Output operation foreachRDD(queue) threw FormatException: bad row (batch of time 1000 ms)", await listener.Failure.WaitAsync(BatchRun.Patience));
    }

    [Fact]
    public async Task A_listener_that_throws_is_left_out_and_the_others_hear_on()
    {
        await using var run = await BatchRun.CreateAsync();
        var listener = new Recorder(batches: 2);
        run.Context.AddStreamingListener(new Thrower());
        run.Context.AddStreamingListener(listener);
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1], [2]]));

        await run.RunAsync(stream, 2);

        await listener.Done.WaitAsync(BatchRun.Patience);
    }

    [Fact]
    public async Task Receivers_bring_records_and_are_told_of()
    {
        await using var run = await BatchRun.CreateAsync();
        var listener = new Recorder(batches: 1);
        run.Context.AddStreamingListener(listener);
        var receiver = new Letters();
        var letters = run.Context.ReceiverStream(() => receiver);
        var results = run.Collect(letters);
        await run.Context.StartAsync();
        await receiver.Stored.Task.WaitAsync(BatchRun.Patience);

        run.Advance(1);
        await listener.Done.WaitAsync(BatchRun.Patience);

        Assert.Equal(["a", "b", "c"], Assert.Single(results).Rows);
        Assert.Contains("receiver receiver starts", listener.All);
        Assert.Equal(3, listener.Completed[0].NumRecords);
    }

    [Fact]
    public async Task What_happens_to_a_receiver_is_told_in_order_and_its_end_with_the_context()
    {
        await using var run = await BatchRun.CreateAsync();
        var listener = new Recorder(batches: 1);
        run.Context.AddStreamingListener(listener);
        var receiver = new Letters();
        run.Collect(run.Context.QueueStream(new ConcurrentQueue<int[]>()));
        run.Collect(run.Context.ReceiverStream(() => receiver));
        await run.Context.StartAsync();
        await receiver.Stored.Task.WaitAsync(BatchRun.Patience);

        receiver.ReportError("odd record", new FormatException("é"));
        receiver.Restart("connection lost", delay: TimeSpan.Zero);
        await listener.Heard("receiver receiver starts", times: 2).WaitAsync(BatchRun.Patience);
        await run.Context.StopAsync();
        await listener.Heard("receiver receiver stops").WaitAsync(BatchRun.Patience);

        Assert.All(listener.Receivers, info => Assert.Equal((1, Environment.MachineName), (info.StreamId, info.Location)));
        Assert.All(listener.Receivers, info => Assert.Equal(info.LastErrorMessage is null ? null : (DateTimeOffset?)DateTimeOffset.UnixEpoch, info.LastErrorTime));
        Assert.Equal(
            [
                "receiver receiver starts", "receiver receiver fails, odd record: FormatException: é", "receiver receiver stops, connection lost",
                "receiver receiver starts", "receiver receiver stops",
            ],
            listener.All.Where(what => what.StartsWith("receiver", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_socket_stream_is_a_receiver_to_listeners()
    {
        await using var run = await BatchRun.CreateAsync();
        var listener = new Recorder(batches: 1);
        run.Context.AddStreamingListener(listener);
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        run.Collect(run.Context.SocketTextStream("127.0.0.1", ((IPEndPoint)server.LocalEndpoint).Port));
        await run.Context.StartAsync();
        using (await server.AcceptTcpClientAsync().WaitAsync(BatchRun.Patience))
            await listener.Heard("receiver socketText starts").WaitAsync(BatchRun.Patience);

        await listener.Heard("receiver socketText stops, closed by the server").WaitAsync(BatchRun.Patience);

        Assert.Equal(
            ["receiver socketText starts", "receiver socketText fails, closed by the server", "receiver socketText stops, closed by the server"],
            listener.All.Where(what => what.StartsWith("receiver", StringComparison.Ordinal)).Take(3));
    }

    [Fact]
    public async Task A_channel_an_async_sequence_and_a_stream_of_Akka_are_inputs()
    {
        await using var run = await BatchRun.CreateAsync();
        var channel = Channel.CreateUnbounded<int>();
        foreach (var row in (int[])[1, 2, 3])
            channel.Writer.TryWrite(row);
        channel.Writer.Complete();
        var rows = new ConcurrentBag<int>();
        var union = run.Context.Union([run.Context.InputStream(channel.Reader), run.Context.InputStream(Sequence()), run.Context.InputStream(AkkaStreamSource.Of(Akka.Streams.Dsl.Source.From([10])))]);
        union.ForeachRDD(rdd => rdd.Foreach(rows.Add));
        run.Context.AddStreamingListener(new Pacer(run));
        await run.Context.StartAsync();
        run.Advance(1);
        await run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience);

        Assert.Equal([1, 2, 3, 7, 8, 10], rows.Order());
    }

    [Fact]
    public async Task What_an_input_gave_before_its_error_is_worked_off_before_the_job_fails()
    {
        await using var run = await BatchRun.CreateAsync();
        var channel = Channel.CreateUnbounded<int>();
        foreach (var row in (int[])[1, 2, 3])
            channel.Writer.TryWrite(row);
        channel.Writer.Complete(new FormatException("bad input"));
        var batches = run.Collect(run.Context.InputStream(channel.Reader));
        run.Context.AddStreamingListener(new Pacer(run));
        await run.Context.StartAsync();
        run.Advance(1);

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience));

        Assert.Contains("Source channel: its input failed: FormatException: bad input", failure.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], batches.SelectMany(batch => batch.Rows).Order());
    }

    [Fact]
    public async Task What_a_batch_waits_for_the_bodies_of_those_before_it_is_no_work()
    {
        await using var run = await BatchRun.CreateAsync();
        using var bodies = new SemaphoreSlim(0);
        var batches = new Recorder(batches: 2);
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1], [2]]));
        stream.ForeachRDD((_, _) => bodies.Wait(BatchRun.Patience));
        run.Context.AddStreamingListener(batches);
        await run.Context.StartAsync();
        run.Advance(2);
        await batches.Heard("submitted 2000").WaitAsync(BatchRun.Patience);
        run.Advance(2);

        bodies.Release(10);
        await batches.Done.WaitAsync(BatchRun.Patience);
        await run.Context.StopAsync();

        // Both bodies end at 4 s: the first batch was worked on since 2 s, when it was planned, and the second for nothing since it was first.
        var (first, second) = (batches.Completed.First(), batches.Completed.Skip(1).First());
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)), (first.SchedulingDelay, first.ProcessingDelay));
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.Zero), (second.SchedulingDelay, second.ProcessingDelay));
    }

    [Fact]
    public async Task A_time_without_a_limit_is_waited_for_without_one()
    {
        await using var run = await BatchRun.CreateAsync();
        run.Collect(run.Context.QueueStream(new ConcurrentQueue<int[]>()));
        await run.Context.StartAsync();

        var ended = run.Context.AwaitTerminationOrTimeoutAsync(TimeSpan.MaxValue);
        Assert.False(await run.Context.AwaitTerminationOrTimeoutAsync(TimeSpan.Zero));
        await Assert.ThrowsAsync<GraphException>(() => run.Context.AwaitTerminationOrTimeoutAsync(TimeSpan.FromSeconds(-2)));
        await run.Context.StopAsync();

        Assert.True(await ended.WaitAsync(BatchRun.Patience));
    }

    [Fact]
    public async Task Delays_of_batches_and_records_of_inputs_are_told_to_the_meter()
    {
        const string Job = "batch-metrics-test";
        using var meter = new MeterReadings(Job);
        await using var run = await BatchRun.CreateAsync(new JobOptions { Parallelism = 2, Name = Job });
        var listener = new Recorder(batches: 2);
        run.Context.AddStreamingListener(listener);
        var first = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2], [3]])).WithName("first");
        var second = run.Context.QueueStream(new ConcurrentQueue<int[]>([[4]])).WithName("second");
        run.Collect(first.Union(second));
        run.Context.AddStreamingListener(new Pacer(run));
        await run.Context.StartAsync();
        run.Advance(1);
        await listener.Done.WaitAsync(BatchRun.Patience);
        await run.Context.StopAsync();

        Assert.Equal(3, meter.Of("millrace.input.records", "{record}").Where(one => one.Input == "first").Sum(one => one.Value));
        Assert.Equal(1, meter.Of("millrace.input.records", "{record}").Where(one => one.Input == "second").Sum(one => one.Value));
        foreach (var (name, delay) in new (string, Func<BatchInfo, TimeSpan?>)[]
        {
            ("scheduling_delay", batch => batch.SchedulingDelay), ("processing_delay", batch => batch.ProcessingDelay), ("total_delay", batch => batch.TotalDelay),
        })
        {
            Assert.Equal(listener.Completed.Select(batch => delay(batch)!.Value.TotalSeconds).Take(2), meter.Of($"millrace.batch.{name}", "s").Select(one => one.Value).Take(2));
        }
    }

    private static async IAsyncEnumerable<int> Sequence()
    {
        yield return 7;
        await Task.Yield();
        yield return 8;
    }

    private sealed class Letters : Receiver<string>
    {
        public TaskCompletionSource Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override void OnStart() => _ = StoreAllAsync();

        protected override void OnStop()
        {
        }

        private async Task StoreAllAsync()
        {
            await StoreAsync(new[] { "a", "b", "c" });
            Stored.TrySetResult();
        }
    }

    /// <summary>Lets the next batch come when one is done.</summary>
    private sealed class Pacer(BatchRun run) : StreamingListener
    {
        public override void OnBatchCompleted(BatchInfo batch) => run.Advance(1);
    }

    private sealed class Thrower : StreamingListener
    {
        public override void OnBatchSubmitted(BatchInfo batch) => throw new InvalidOperationException("no");
    }

    private sealed class Recorder(int batches) : StreamingListener
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<string> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentQueue<(long TimeMs, string What)> _events = new();
        private readonly List<(string What, int Times, TaskCompletionSource Heard)> _waiting = [];

        public List<BatchInfo> Completed { get; } = [];

        public Task Done => _done.Task;

        public Task<string> Failure => _failure.Task;

        public ConcurrentQueue<ReceiverInfo> Receivers { get; } = new();

        public IEnumerable<string> All => _events.Select(one => one.What);

        public IEnumerable<string> Of(long timeMs) => _events.Where(one => one.TimeMs == timeMs).Select(one => one.What);

        public override void OnBatchSubmitted(BatchInfo batch) => Add(batch.BatchTime, $"submitted {batch.BatchTime.Milliseconds}");

        public override void OnBatchStarted(BatchInfo batch) => Add(batch.BatchTime, $"started {batch.BatchTime.Milliseconds}");

        public override void OnBatchCompleted(BatchInfo batch)
        {
            Add(batch.BatchTime, $"completed {batch.BatchTime.Milliseconds}");
            Completed.Add(batch);
            if (Completed.Count == batches)
                _done.TrySetResult();
        }

        public override void OnOutputOperationStarted(OutputOperationInfo operation) => Add(operation.BatchTime, $"output {operation.Id} begins");

        public override void OnOutputOperationCompleted(OutputOperationInfo operation)
        {
            Add(operation.BatchTime, $"output {operation.Id} ends");
            if (operation.FailureReason is { } reason)
                _failure.TrySetResult(reason);
        }

        public override void OnReceiverStarted(ReceiverInfo receiver) => Add(receiver, "starts");

        public override void OnReceiverError(ReceiverInfo receiver) => Add(receiver, "fails");

        public override void OnReceiverStopped(ReceiverInfo receiver) => Add(receiver, "stops");

        /// <summary>Completes when something was told so many times.</summary>
        public Task Heard(string what, int times = 1)
        {
            var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_events)
            {
                _waiting.Add((what, times, heard));
                Look();
            }

            return heard.Task;
        }

        private void Add(ReceiverInfo receiver, string what)
        {
            Receivers.Enqueue(receiver);
            Add(default(Millrace.DStreams.Time), $"receiver {receiver.Stream} {what}{(receiver.LastErrorMessage is { } message ? $", {message}" : "")}");
        }

        private void Add(Millrace.DStreams.Time time, string what)
        {
            lock (_events)
            {
                _events.Enqueue((time.Milliseconds, what));
                Look();
            }
        }

        private void Look()
        {
            foreach (var (what, times, heard) in _waiting)
            {
                if (All.Count(one => one == what) >= times)
                    heard.TrySetResult();
            }
        }
    }
}
