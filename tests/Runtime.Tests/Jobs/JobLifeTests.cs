using System.Collections.Concurrent;
using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class JobLifeTests
{
    [Fact]
    public async Task A_job_whose_sources_end_completes()
    {
        await using var host = await TestHost.StartAsync();
        var sink = new LedgerSink<int>();

        var job = await host.StartAsync(Copy(new QueueSource<int>(new([[1, 2], [3]]), endsWhenEmpty: true), sink), TestHost.Often);
        await job.Completion.WaitAsync(TestHost.Patience);

        Assert.Equal(JobState.Completed, job.State);
        Assert.Equal([(1, 1), (1, 2), (2, 3)], sink.Rows.Select(row => ((int)row.Epoch, row.Row)).Order());
        Assert.Equal(0, job.Counters.Attempts);
        Assert.Empty(host.Jobs);
    }

    [Theory]
    [InlineData(EmptyEpochs.Coalesce, 1)]
    [InlineData(EmptyEpochs.Show, 2)]
    public async Task An_empty_array_holds_nothing_up(EmptyEpochs emptyEpochs, int epoch)
    {
        await using var host = await TestHost.StartAsync();
        var sink = new LedgerSink<int>();

        var job = await host.StartAsync(
            Copy(new QueueSource<int>(new([[], [7]]), endsWhenEmpty: true), sink), TestHost.Often with { EmptyEpochs = emptyEpochs });
        await job.Completion.WaitAsync(TestHost.Patience);

        Assert.Equal([(epoch, 7)], sink.Rows.Select(row => ((int)row.Epoch, row.Row)));
    }

    [Fact]
    public async Task An_epoch_interval_of_more_than_a_day_is_refused_in_one_line()
    {
        await using var host = await TestHost.StartAsync();
        var options = TestHost.Often with { EpochInterval = TimeSpan.FromDays(50) };

        var failure = await Assert.ThrowsAsync<GraphException>(() => host.StartAsync(Copy(new QueueSource<int>(new([[1]])), new LedgerSink<int>()), options));

        Assert.Equal("Epoch interval 4320000000 ms found, a whole number of milliseconds, 1 ms to 1 day, expected.", failure.Message);
    }

    [Fact]
    public async Task A_graceful_stop_writes_everything_that_is_queued()
    {
        await using var host = await TestHost.StartAsync();
        for (var round = 0; round < 50; round++)
        {
            var queue = new ConcurrentQueue<int[]>();
            var sink = new LedgerSink<int>();
            var job = await host.StartAsync(Copy(new QueueSource<int>(queue, oneAtATime: false), sink), TestHost.Often);
            for (var array = 0; array < 20; array++)
                queue.Enqueue([array, array]);

            await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);

            Assert.Equal(JobState.Stopped, job.State);
            Assert.Equal(40, sink.Rows.Count);
        }
    }

    [Fact]
    public async Task A_queue_that_is_filled_after_a_while_is_read()
    {
        await using var host = await TestHost.StartAsync();
        var queue = new ConcurrentQueue<int[]>();
        var seen = new TaskCompletionSource();
        var graph = TestHost.Graph(
            new QueueSource<int>(queue),
            new LedgerSink<int>(),
            "map",
            () => new MapOperator<int, int>(row =>
            {
                seen.TrySetResult();
                return row;
            }));
        var job = await host.StartAsync(graph, TestHost.Often);
        // Polls of the empty queue come before the first array, as another job that runs to its end shows.
        var other = await host.StartAsync(Copy(new QueueSource<int>(new([[1]]), endsWhenEmpty: true), new LedgerSink<int>()), TestHost.Often);
        await other.Completion.WaitAsync(TestHost.Patience);

        queue.Enqueue([1]);

        await seen.Task.WaitAsync(TestHost.Patience);
        await job.StopAsync(graceful: false);
    }

    [Fact]
    public async Task An_immediate_stop_waits_for_nothing()
    {
        await using var host = await TestHost.StartAsync();
        using var released = new ManualResetEventSlim();
        var works = new TaskCompletionSource();
        var graph = TestHost.Graph(
            new QueueSource<int>(new([[1]])),
            new LedgerSink<int>(),
            "map",
            () => new MapOperator<int, int>(row =>
            {
                works.TrySetResult();
                released.Wait();
                return row;
            }));
        var job = await host.StartAsync(graph, TestHost.Often);
        await works.Task.WaitAsync(TestHost.Patience);

        await job.StopAsync(graceful: false).WaitAsync(TestHost.Patience);
        released.Set();

        Assert.Equal(JobState.Stopped, job.State);
        Assert.True(job.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_started_job_runs_and_stopping_it_twice_does_nothing()
    {
        await using var host = await TestHost.StartAsync();
        var job = await host.StartAsync(Copy(new QueueSource<int>([]), new LedgerSink<int>()), TestHost.Often);

        Assert.Equal(JobState.Running, job.State);
        await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        await job.StopAsync(graceful: false).WaitAsync(TestHost.Patience);

        Assert.Equal(JobState.Stopped, job.State);
    }

    [Fact]
    public async Task Two_running_jobs_of_one_name_are_refused_and_an_ended_one_frees_it()
    {
        await using var host = await TestHost.StartAsync();
        var options = TestHost.Often with { Name = "twin" };
        var job = await host.StartAsync(Copy(new QueueSource<int>([]), new LedgerSink<int>()), options);

        var refused = await Assert.ThrowsAsync<GraphException>(() => host.StartAsync(Copy(new QueueSource<int>([]), new LedgerSink<int>()), options));
        Assert.Contains("'twin'", refused.Message, StringComparison.Ordinal);
        for (var round = 0; round < 20; round++)
        {
            await job.StopAsync(graceful: round % 2 == 0).WaitAsync(TestHost.Patience);
            job = await host.StartAsync(Copy(new QueueSource<int>([]), new LedgerSink<int>()), options);
        }
    }

    [Fact]
    public async Task A_host_that_ends_stops_its_jobs_gracefully()
    {
        var host = await TestHost.StartAsync();
        var queue = new ConcurrentQueue<int[]>([[1], [2]]);
        var sink = new LedgerSink<int>();
        var job = await host.StartAsync(Copy(new QueueSource<int>(queue, oneAtATime: false), sink), TestHost.Often);

        await host.DisposeAsync().AsTask().WaitAsync(TestHost.Patience);

        Assert.Equal(JobState.Stopped, job.State);
        Assert.Equal(2, sink.Rows.Count);
        await Assert.ThrowsAsync<GraphException>(() => host.StartAsync(Copy(new QueueSource<int>(queue), sink), TestHost.Often));
    }

    [Theory]
    [InlineData(false, "no such device")]
    [InlineData(true, "disk full")]
    public async Task A_sink_that_throws_fails_the_job_with_its_cause_in_one_line(bool opens, string cause)
    {
        await using var host = await TestHost.StartAsync();

        var failure = await Assert.ThrowsAsync<JobFailedException>(async () =>
        {
            var job = await host.StartAsync(Copy(new QueueSource<int>(new([[1]])), new BrokenSink<int>(opens)), TestHost.Often);
            await job.Completion.WaitAsync(TestHost.Patience);
        });

        Assert.Contains(cause, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task Options_out_of_range_are_refused()
    {
        await using var host = await TestHost.StartAsync();
        JobOptions[] wrong =
        [
            new() { EpochInterval = TimeSpan.Zero },
            new() { EpochInterval = TimeSpan.FromMilliseconds(1.5) },
            new() { Parallelism = 0 },
            new() { KeyGroups = 0 },
            new() { MaxInflightEpochs = 0 },
            new() { TaskTimeout = TimeSpan.Zero },
        ];

        foreach (var options in wrong)
        {
            var failure = await Assert.ThrowsAsync<GraphException>(() => host.StartAsync(Copy(new QueueSource<int>([]), new LedgerSink<int>()), options));
            Assert.Contains("expected", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_stream_of_another_graph_is_refused()
    {
        var foreign = new StreamGraph().AddSource("queue", new QueueSource<int>([]));

        var failure = Assert.Throws<GraphException>(() => new StreamGraph().AddSink("ledger", foreign, new LedgerSink<int>()));

        Assert.Contains("two graphs", failure.Message, StringComparison.Ordinal);
    }

    private static StreamGraph Copy(QueueSource<int> source, Connectors.ISink<int> sink) =>
        TestHost.Graph(source, sink, "map", () => new MapOperator<int, int>(row => row));
}
