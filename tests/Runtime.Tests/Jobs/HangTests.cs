using System.Diagnostics;
using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators.Keyed;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class HangTests
{
    private static readonly TimeSpan TaskTimeout = TimeSpan.FromSeconds(1);
    private static readonly JobOptions Impatient = TestHost.Often with { TaskTimeout = TaskTimeout };

    [Fact]
    public async Task A_function_that_never_returns_fails_its_job_alone()
    {
        using var released = new ManualResetEventSlim();
        var entered = new TaskCompletionSource<long>();
        await using var host = await TestHost.StartAsync();
        var hanging = TestHost.Graph(
            new QueueSource<int>(new([[1, 2, 3, 4]])),
            new LedgerSink<int>(),
            "hang",
            () => new MapOperator<int, int>(row =>
            {
                entered.TrySetResult(Stopwatch.GetTimestamp());
                released.Wait();
                return row;
            }));
        var sink = new LedgerSink<int>();
        var healthy = TestHost.Graph(new QueueSource<int>(new([[1, 2, 3]]), endsWhenEmpty: true), sink, "map", () => new MapOperator<int, int>(row => row));

        var job = await host.StartAsync(hanging, Impatient);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => job.Completion.WaitAsync(TestHost.Patience));
        var elapsed = Stopwatch.GetElapsedTime(await entered.Task);
        var other = await host.StartAsync(healthy, TestHost.Often);
        await other.Completion.WaitAsync(TestHost.Patience);
        released.Set();

        Assert.Contains("hang(queue)", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        // Counted from just before the call, and looked at four times in a time-out; the rest is for a machine that may be busy.
        Assert.InRange(elapsed, 0.9 * TaskTimeout, 2 * TaskTimeout);
        Assert.Equal(3, sink.Rows.Count);
    }

    [Fact]
    public async Task A_function_that_hangs_at_the_end_of_an_epoch_is_named_too()
    {
        using var released = new ManualResetEventSlim();
        await using var host = await TestHost.StartAsync();
        var graph = new StreamGraph();
        var pairs = graph.AddOperator<int, (int Key, int Value)>(
            "pair", graph.AddSource("queue", new QueueSource<int>(new([[1, 2, 3, 4]]))), () => new MapOperator<int, (int Key, int Value)>(row => (row, row)));
        var updated = graph.AddOperator<(int Key, int Value), (int Key, int State)>("update", pairs, () => new UpdateStateByKeyOperator<int, int, int>((_, _) =>
        {
            released.Wait();
            return 1;
        }));
        graph.AddSink("ledger", updated, new LedgerSink<(int Key, int State)>());

        var job = await host.StartAsync(graph, Impatient);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => job.Completion.WaitAsync(TestHost.Patience));
        released.Set();

        Assert.Contains("update(queue)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_ends_in_its_drain_time_although_a_function_hangs()
    {
        using var released = new ManualResetEventSlim();
        var hangs = new TaskCompletionSource();
        var host = await TestHost.StartAsync("millrace.stop.drain-timeout = 50 ms");
        var graph = TestHost.Graph(
            new QueueSource<int>(new([[1]])),
            new LedgerSink<int>(),
            "hang",
            () => new MapOperator<int, int>(row =>
            {
                hangs.TrySetResult();
                released.Wait();
                return row;
            }));
        var job = await host.StartAsync(graph, TestHost.Often);
        await hangs.Task.WaitAsync(TestHost.Patience);

        var clock = Stopwatch.StartNew();
        await host.DisposeAsync().AsTask().WaitAsync(TestHost.Patience);
        var elapsed = clock.Elapsed;
        await job.Completion.WaitAsync(TestHost.Patience);
        released.Set();

        Assert.Equal(JobState.Stopped, job.State);
        // 50 ms to drain and 100 ms each for what hangs, on a machine that may be busy.
        Assert.InRange(elapsed.TotalMilliseconds, 50, 1_500);
    }
}
