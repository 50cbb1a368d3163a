using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Millrace.Client;
using Millrace.DStreams;
using Millrace.Runtime.Checkpoints;

namespace Millrace.Api.Tests.DStreams;

/// <summary>One life of a program with checkpoints, in one-second batches: a host and a context on a clock that outlives both.</summary>
internal sealed class CheckpointRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _clock;
    private readonly MillraceHost _host;
    private readonly SemaphoreSlim _done = new(0);
    private readonly List<long> _doneMs = [];

    private CheckpointRun(FakeTimeProvider clock, MillraceHost host, JobOptions options, bool writeAheadLog) =>
        (_clock, _host, Context) = (clock, host, new StreamingContext(host, TimeSpan.FromSeconds(1), options) { WriteAheadLog = writeAheadLog });

    public StreamingContext Context { get; }

    public static async Task<CheckpointRun> CreateAsync(
        FakeTimeProvider clock, JobOptions? job = null, Func<string, IJournal>? journals = null, ILoggerFactory? logs = null, bool writeAheadLog = false)
    {
        var host = await MillraceHost.StartEmbeddedAsync(options =>
        {
            (options.Clock, options.StopsOnSignal) = (clock, false);
            options.Journals = journals;
            options.LoggerFactory = logs ?? options.LoggerFactory;
            options.WithHocon("millrace.stop.drain-timeout = 30 s");
        });
        return new(clock, host, job ?? new JobOptions { Parallelism = 2 }, writeAheadLog);
    }

    /// <summary>The rows of each batch by its time.</summary>
    public ConcurrentDictionary<long, T[]> Collect<T>(DStream<T> stream)
    {
        var batches = new ConcurrentDictionary<long, T[]>();
        var output = _doneMs.Count;
        _doneMs.Add(0);
        stream.ForeachRDD((rdd, time) =>
        {
            batches[time.Milliseconds] = rdd.Collect();
            lock (_doneMs)
                _doneMs[output] = time.Milliseconds;
            _done.Release();
        });
        return batches;
    }

    /// <summary>Starts, if it has not, and waits until the batch of the clock's time has been given out, by every output.</summary>
    public async Task CatchUpAsync()
    {
        if (Context.Job is null)
            await Context.StartAsync();
        while (LastDoneMs() < _clock.GetUtcNow().ToUnixTimeMilliseconds())
            await await Task.WhenAny(_done.WaitAsync(), Context.AwaitTerminationAsync()).WaitAsync(Patience);
    }

    /// <summary>Runs so many batches, each when the one before has been given out.</summary>
    public async Task RunAsync(int batches)
    {
        await CatchUpAsync();
        for (; batches > 0; batches--)
        {
            _clock.Advance(Context.BatchDuration);
            await CatchUpAsync();
        }
    }

    /// <summary>Stops the job with a savepoint. Time goes on meanwhile, a batch when the one before has been given out: the last poll may want one more.</summary>
    public Task StopWithSavepointAsync(string path) => DuringAsync(Context.Job!.StopWithSavepointAsync(path));

    /// <summary>Waits for what was asked of the job. Time goes on meanwhile.</summary>
    public async Task DuringAsync(Task asked)
    {
        while (!asked.IsCompleted)
        {
            _clock.Advance(Context.BatchDuration);
            await Task.WhenAny(asked, _done.WaitAsync()).WaitAsync(Patience);
        }

        await asked;
    }

    public async ValueTask DisposeAsync()
    {
        await Context.StopAsync(graceful: false);
        await _host.DisposeAsync();
        _done.Dispose();
    }

    private long LastDoneMs()
    {
        lock (_doneMs)
            return _doneMs.Min();
    }
}
