using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Millrace.Client;
using Millrace.Connectors.Receivers;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

/// <summary>A host that stops, as on SIGTERM, has a time for it, and sources that don't end have half of that.</summary>
public sealed class HostStopTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _never = new();
    private readonly ManualResetEventSlim _neverStopped = new();
    private readonly LogLines _logs = new();

    public void Dispose()
    {
        _never.SetResult();
        _neverStopped.Set();
        _neverStopped.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public Task What_a_receiver_stored_runs_although_it_hangs_in_its_stop() => RunAsync(
        (context, taken) => context.ReceiverStream(() => new HangingReceiver(taken, _neverStopped)), "receiver");

    [Fact]
    public Task What_a_sequence_gave_runs_although_it_ignores_that_it_is_cancelled() => RunAsync(
        (context, taken) => context.InputStream(Deaf(taken)), "async sequence");

    private async Task RunAsync(Func<StreamingContext, TaskCompletionSource, DStream<int>> input, string source)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var host = await MillraceHost.StartEmbeddedAsync(options =>
            (options.Clock, options.StopsOnSignal, options.LoggerFactory) = (clock, false, _logs));
        var context = new StreamingContext(host, TimeSpan.FromSeconds(1));
        var rows = new ConcurrentBag<int>();
        var taken = new TaskCompletionSource();
        input(context, taken).ForeachRDD(rdd => Array.ForEach(rdd.Collect(), rows.Add));
        await context.StartAsync();
        await taken.Task.WaitAsync(Patience);

        await host.StopAsync(TimeSpan.FromSeconds(6)).WaitAsync(Patience);

        Assert.Equal([1, 2, 3], rows.Order());
        Assert.Equal(JobState.Stopped, context.Job!.State);
        Assert.Contains(_logs.Warnings, line => line.Contains("has not ended while the job stops in order", StringComparison.Ordinal) && line.Contains(source, StringComparison.Ordinal));
    }

    private async IAsyncEnumerable<int> Deaf(TaskCompletionSource taken)
    {
        yield return 1;
        yield return 2;
        yield return 3;
        taken.SetResult();
        await _never.Task;
    }

    private sealed class HangingReceiver(TaskCompletionSource taken, ManualResetEventSlim never) : Receiver<int>
    {
        protected override void OnStart()
        {
            Store([1, 2, 3]);
            taken.SetResult();
        }

        protected override void OnStop() => never.Wait();
    }
}
