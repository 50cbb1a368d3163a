using Millrace.Data;

namespace Millrace.Connectors.Commits;

/// <summary>A staged writer whose commits do their I/O on the thread pool, one at a time and in order, so that the task's thread never waits.</summary>
/// <remarks>
/// A commit that meets a transient error is tried again with back-off, a bounded number of times; then its outcome is unknown and the runtime
/// asks for the watermark. Every try is conditional on what the outside holds, so a try after a lost answer writes nothing twice.
/// A writer that is disposed of finishes the try it is in, makes no other, and is closed on the pool after it.
/// </remarks>
/// <param name="clock">Whose timers the pauses between the tries are.</param>
internal abstract class PooledSinkWriter<T>(TimeProvider clock) : StagedSinkWriter<T>
{
    private const int TriesMax = 5;
    private const int FirstPauseMs = 20;

    private static readonly TimeSpan WarnAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _disposed = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Every commit so far has answered, and a disposed writer is closed.</summary>
    internal Task Idle => _last;

    /// <inheritdoc/>
    protected sealed override void Apply(SinkCommit commit, IReadOnlyList<Batch<T>> rows)
    {
        var previous = _last;
        _last = Task.Run(async () =>
        {
            await previous;
            await Try(commit, rows);
        });
    }

    /// <summary>One try, on the pool: the outcome, and on a conflict the epoch that the outside holds. What it throws ends the try.</summary>
    protected abstract Task<(SinkOutcome Outcome, long Watermark)> Write(SinkCommit commit, IReadOnlyList<Batch<T>> rows);

    /// <summary>Whether the same try may work later. Called on the pool after each try that threw; connections that may be broken are dropped here.</summary>
    protected abstract bool IsTransient(Exception error);

    /// <summary>The error that the job fails with, in one line.</summary>
    protected abstract Exception Explain(Exception error);

    /// <summary>Gives up connections and files; on the pool, once no try runs.</summary>
    protected abstract void Close();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing || _disposed.IsCancellationRequested)
            return;
        _disposed.Cancel();
        var previous = _last;
        _last = Task.Run(async () =>
        {
            await previous;
            Close();
            _disposed.Dispose();
        });
    }

    private async Task Try(SinkCommit commit, IReadOnlyList<Batch<T>> rows)
    {
        var disposed = _disposed.Token;
        var started = clock.GetTimestamp();
        Exception? last = null;
        for (var tries = 1; !disposed.IsCancellationRequested; tries++)
        {
            try
            {
                var (outcome, watermark) = await Write(commit, rows);
                commit.Complete(outcome, watermark);
                return;
            }
            catch (Exception error)
            {
                if (!IsTransient(error))
                {
                    commit.Fail(Explain(error));
                    return;
                }

                last = error;

                // Why not only behind the last try: each may wait for a lock, and nobody would hear of it meanwhile.
                if (clock.GetElapsedTime(started) >= WarnAfter && !disposed.IsCancellationRequested)
                    commit.Warn?.Invoke(Explain(error).Message);
            }

            if (tries == TriesMax)
                break;
            await Task.Delay(TimeSpan.FromMilliseconds(FirstPauseMs << (tries - 1)), clock, disposed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (last is not null && !disposed.IsCancellationRequested)
            commit.Warn?.Invoke(Explain(last).Message);
        commit.Complete(SinkOutcome.Unknown, 0);
    }
}
