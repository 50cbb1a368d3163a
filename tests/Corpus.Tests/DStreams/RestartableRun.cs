using Microsoft.Extensions.Time.Testing;
using Millrace.Client;
using Millrace.DStreams;
using Millrace.Runtime.Checkpoints;

namespace Millrace.Corpus.Tests.DStreams;

/// <summary>A program that is killed and started again on its journal, on a clock that stands still until it is moved.</summary>
/// <remarks>A batch whose output is given out again after a kill must hold the same rows.</remarks>
internal sealed class RestartableRun : IAsyncDisposable
{
    private const string Checkpoints = "(memory of the test)";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly MemoryJournal _journal = new(isDurable: true);
    private readonly TimeSpan _interval;
    private readonly int _partitions;
    private readonly Func<StreamingContext, DStream<string>> _build;
    private readonly object _gate = new();
    private readonly SortedDictionary<long, string[]> _outputs = [];
    private long? _blockedMs;
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (MillraceHost Host, StreamingContext Context, Incarnation Life)? _running;

    private sealed class Incarnation
    {
        public bool IsDead { get; set; }
    }

    /// <param name="interval">The batch interval.</param>
    /// <param name="partitions">Of each stage.</param>
    /// <param name="build">Builds the program on a context; what it returns is the output.</param>
    public RestartableRun(TimeSpan interval, int partitions, Func<StreamingContext, DStream<string>> build) =>
        (_interval, _partitions, _build) = (interval, partitions, build);

    public long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Between this batch and the next: what appears then belongs to the next, even if it is looked for later.</summary>
    public long HalfwayMs => NowMs + (long)(_interval.TotalMilliseconds / 2);

    /// <summary>Whose output operation waits until the process is killed; its rows are not given out then.</summary>
    public long? BlockedAtMs { get; set; }

    /// <summary>The rows of each batch, in order of time.</summary>
    public IReadOnlyList<string[]> Outputs
    {
        get
        {
            lock (_gate)
                return [.. _outputs.Values];
        }
    }

    public async Task StartAsync()
    {
        var host = await MillraceHost.StartEmbeddedAsync(options =>
        {
            (options.Clock, options.StopsOnSignal) = (_clock, false);
            options.Journals = _ => _journal;
        });
        var life = new Incarnation();
        var context = StreamingContext.GetOrCreate(Checkpoints, () =>
        {
            var made = new StreamingContext(host, _interval, new JobOptions { Parallelism = _partitions });
            _build(made).ForeachRDD((rdd, time) => Collect(life, time.Milliseconds, rdd.Collect()));
            return made;
        });
        _running = (host, context, life);
        await context.StartAsync();
    }

    /// <summary>Moves the clock on by one interval.</summary>
    public void Tick() => _clock.Advance(_interval);

    /// <summary>Waits until the batch of the clock's time is given out; or blocks, where it is to.</summary>
    public async Task CatchUpAsync()
    {
        var (_, context, _) = _running!.Value;
        while (true)
        {
            Task progress;
            lock (_gate)
            {
                if (_outputs.ContainsKey(NowMs) || _blockedMs == NowMs)
                    return;
                progress = _progress.Task;
            }

            await await Task.WhenAny(progress, context.AwaitTerminationAsync()).WaitAsync(Patience);
        }
    }

    /// <summary>Ends the process abruptly, wherever it is.</summary>
    public async Task KillAsync()
    {
        if (_running is not var (host, context, life))
            return;
        lock (_gate)
        {
            life.IsDead = true;
            (BlockedAtMs, _blockedMs) = (null, null);
            Monitor.PulseAll(_gate);
        }

        _running = null;
        await context.StopAsync(graceful: false);
        await host.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private void Collect(Incarnation life, long timeMs, string[] rows)
    {
        lock (_gate)
        {
            // Why first: whoever waits for the block learns that it holds.
            if (timeMs == BlockedAtMs)
            {
                _blockedMs = timeMs;
                ShowProgress();
            }

            while (timeMs == BlockedAtMs && !life.IsDead)
                Monitor.Wait(_gate);
            if (life.IsDead)
                return;
            if (_outputs.TryGetValue(timeMs, out var before))
                Assert.Equal(before.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
            _outputs[timeMs] = rows;
            ShowProgress();
        }
    }

    private void ShowProgress()
    {
        _progress.SetResult();
        _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
