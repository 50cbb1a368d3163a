using Millrace.Client;
using Millrace.Connectors;
using Millrace.Connectors.Batches;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

/// <summary>A graceful stop has a time: behind it the job ends, and whoever stopped it is told what was not written.</summary>
public sealed class StopTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("millrace-stop");
    private readonly ManualResetEventSlim _released = new();
    private readonly StringWriter _warnings = new();

    public void Dispose()
    {
        _released.Set();
        _released.Dispose();
        _warnings.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_sink_that_never_answers_is_named_with_the_epoch_that_it_lacks()
    {
        await using var host = await StartAsync();
        var sink = new MuteSink<int>();
        var job = await host.StartAsync(Copy(sink), TestHost.Often with { Name = "mute" });
        await sink.Committed.WaitAsync(TestHost.Patience);

        var failure = await Assert.ThrowsAsync<StopTimeoutException>(() => job.StopAsync(graceful: true).WaitAsync(TestHost.Patience));

        Assert.Equal(
            "Job mute: everything planned written by its graceful stop within 0.2 s expected (millrace.stop.graceful-timeout), sink ledger(queue) at epoch 0 of 1 committed ones found; "
            + "the job was ended, and the rest is lost, since it keeps no checkpoints.",
            failure.Message);
        Assert.Equal(JobState.Stopped, job.State);
        Assert.True(job.Completion.IsCompletedSuccessfully);
        Assert.Equal(failure.Message, _warnings.ToString().TrimEnd());
        Assert.Empty(host.Jobs);
    }

    [Fact]
    public async Task A_sink_that_does_not_come_back_holds_nobody_who_stops_twice()
    {
        using var entered = new ManualResetEventSlim();
        await using var host = await StartAsync();
        var sink = new TrapSink<int>("Commit", () =>
        {
            entered.Set();
            _released.Wait();
        });
        var job = await host.StartAsync(Copy(sink), TestHost.Often);
        Assert.True(entered.Wait(TestHost.Patience));

        Task[] stops = [job.StopAsync(graceful: true), job.StopAsync(graceful: true)];

        foreach (var stop in stops)
        {
            var failure = await Assert.ThrowsAsync<StopTimeoutException>(() => stop.WaitAsync(TestHost.Patience));
            Assert.Contains("sink ledger(queue) at epoch 0 of 1", failure.Message, StringComparison.Ordinal);
        }

        await job.StopAsync(graceful: false).WaitAsync(TestHost.Patience);
        Assert.Equal(JobState.Stopped, job.State);
    }

    [Fact]
    public async Task What_was_not_written_of_a_durable_job_is_there_when_it_is_started_again()
    {
        var options = TestHost.Often with { Name = "again", Parallelism = 1, CheckpointDirectory = _directory.FullName };
        await using (var host = await StartAsync())
        {
            var mute = new MuteSink<int>();
            var job = await host.StartAsync(Copy(mute), options);
            await mute.Committed.WaitAsync(TestHost.Patience);
            var failure = await Assert.ThrowsAsync<StopTimeoutException>(() => job.StopAsync(graceful: true).WaitAsync(TestHost.Patience));
            Assert.EndsWith("the job was ended, and goes on with the rest when it is started again.", failure.Message, StringComparison.Ordinal);
        }

        await using var next = await StartAsync("30 s");
        var rows = new List<int>();
        var told = new TaskCompletionSource();
        var resumed = await next.StartAsync(Copy(new ForeachBatchSink<int>((batch, _) =>
        {
            rows.AddRange(batch);
            told.TrySetResult();
        }), received: []), options);
        await told.Task.WaitAsync(TestHost.Patience);
        await resumed.StopAsync(graceful: true).WaitAsync(TestHost.Patience);

        Assert.Equal([1, 2, 3], rows.Order());
    }

    [Fact]
    public async Task A_function_that_hangs_leaves_epochs_uncommitted()
    {
        using var entered = new ManualResetEventSlim();
        await using var host = await StartAsync();
        var graph = TestHost.Graph(new QueueSource<int>(new([[1]])), new LedgerSink<int>(), "map", () => new MapOperator<int, int>(row =>
        {
            entered.Set();
            _released.Wait();
            return row;
        }));
        var job = await host.StartAsync(graph, TestHost.Often);
        Assert.True(entered.Wait(TestHost.Patience));

        var failure = await Assert.ThrowsAsync<StopTimeoutException>(() => job.StopAsync(graceful: true).WaitAsync(TestHost.Patience));

        Assert.Contains("epoch 1 not committed found", failure.Message, StringComparison.Ordinal);
    }

    private Task<MillraceHost> StartAsync(string gracefulTimeout = "200 ms") =>
        TestHost.StartAsync($"millrace.stop.graceful-timeout = {gracefulTimeout}", options => options.WithWarningsOn(_warnings));

    private static StreamGraph Copy(ISink<int> sink) => Copy(sink, [1, 2, 3]);

    private static StreamGraph Copy(ISink<int> sink, int[] received) =>
        TestHost.Graph(new QueueSource<int>(new([received])), sink, "map", () => new MapOperator<int, int>(row => row));
}
