using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Millrace.Client;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

/// <summary>A context of one-second batches on a clock that stands still until it is moved; batch k has the time k × 1000 ms.</summary>
internal sealed class BatchRun : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _clock;
    private readonly MillraceHost _host;

    private BatchRun(FakeTimeProvider clock, MillraceHost host, JobOptions? options)
    {
        (_clock, _host) = (clock, host);
        Context = new StreamingContext(host, Interval, options ?? new JobOptions { Parallelism = 2 });
    }

    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(1);

    public StreamingContext Context { get; }

    public IJobRunner Host => _host;

    public static async Task<BatchRun> CreateAsync(JobOptions? options = null, ILoggerFactory? logs = null, string gracefulTimeout = "60 s")
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var host = await MillraceHost.StartEmbeddedAsync(host =>
        {
            host.Clock = clock;
            host.StopsOnSignal = false;
            host.LoggerFactory = logs ?? host.LoggerFactory;
            host.WithHocon($"millrace.stop.graceful-timeout = {gracefulTimeout}");
        });
        return new BatchRun(clock, host, options);
    }

    /// <summary>The rows of each batch, by batch time, as an output operation sees them.</summary>
    public List<(long TimeMs, T[] Rows)> Collect<T>(DStream<T> stream)
    {
        var batches = new List<(long, T[])>();
        stream.ForeachRDD((rdd, time) => batches.Add((time.Milliseconds, rdd.Collect())));
        return batches;
    }

    public void Advance(int batches) => _clock.Advance(batches * Interval);

    /// <summary>Adds a last output operation, starts, runs so many batches and stops.</summary>
    public async Task RunAsync<T>(DStream<T> any, int batches)
    {
        var done = new TaskCompletionSource();
        any.ForeachRDD((_, time) =>
        {
            if (time.Milliseconds == batches * 1000L)
                done.TrySetResult();
        });
        await Context.StartAsync();
        Advance(batches);
        await await Task.WhenAny(done.Task, Context.AwaitTerminationAsync()).WaitAsync(Patience);
        await Context.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Context.DisposeAsync();
        await _host.DisposeAsync();
    }
}
