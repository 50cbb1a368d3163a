using Millrace.Data;
using Millrace.Time;

namespace Millrace.Connectors.Logs;

/// <summary>Makes the reader of records that come by themselves one that can be read again in another process: offsets are those of the write-ahead log.</summary>
internal sealed class WriteAheadReader<T> : ISplitReader<T>
{
    private const string WrittenAhead = "write-ahead log";

    private readonly ISplitReader<T> _received;
    private readonly WriteAheadLog<T> _log;
    private readonly WriteAheadStore<T> _store;
    private readonly Task _inputEnded;
    private long _planned;

    /// <summary>Starts the log.</summary>
    /// <param name="received">The records of this process; it offers those that are durable.</param>
    /// <param name="log">Where they are durable.</param>
    /// <param name="inputEnded">Completes when nothing is received any more, after <paramref name="received"/> was disposed of.</param>
    public WriteAheadReader(ISplitReader<T> received, WriteAheadLog<T> log, Task inputEnded)
    {
        (_received, _log, _store, _inputEnded, _planned) = (received, log, log.Store(), inputEnded, log.Committed);
        log.Start();
    }

    /// <inheritdoc/>
    public bool IsFinished => _received.IsFinished;

    /// <inheritdoc/>
    public string? Failure => _received.Failure;

    /// <inheritdoc/>
    public Watermark? Watermark => _received.Watermark;

    /// <inheritdoc/>
    public bool IsIdle => _received.IsIdle;

    /// <inheritdoc/>
    public long Poll(Epoch epoch, long nowMs)
    {
        // Why before: records are offered when the log is open, so that their first one is known then.
        var count = _received.Poll(epoch, nowMs);
        return First() is { } first ? first + count : _planned;
    }

    /// <inheritdoc/>
    public Batch<T>? Read(long from, long to, out long next)
    {
        var first = First() ?? long.MaxValue;
        if (from < first)
            return _store.Read(from, Math.Min(to, first), out next);
        var batch = _received.Read(from - first, to - first, out next);
        next += first;
        return batch;
    }

    /// <summary>Says that the offsets are those of a log, not of one process.</summary>
    public string PositionAt(long offset) => WrittenAhead;

    /// <inheritdoc/>
    public void Resume(SplitProgress progress)
    {
        if (progress.Committed > 0 && progress.Position != WrittenAhead)
        {
            throw new SourceFailedException(
                $"Source {_log.Source}: a checkpoint written with the write-ahead log expected, one written without found; switch the log off, or begin in a new checkpoint directory.");
        }

        _planned = progress.Planned is [.., var last] ? last.To : progress.Committed;
    }

    /// <inheritdoc/>
    public Task DrainAsync(CancellationToken patience) => _received.DrainAsync(patience);

    /// <inheritdoc/>
    public void Release(long offset)
    {
        if (_log.First is { } first && offset > first)
        {
            _received.Release(offset - first);
            // Why: a file that is open takes its room on the disk, deleted or not.
            _store.Dispose();
        }

        _log.Release(offset);
    }

    /// <summary>Ends the input, and closes the log behind its last record, without waiting for either.</summary>
    public void Dispose()
    {
        _received.Dispose();
        _store.Dispose();
        _ = _inputEnded.ContinueWith(_ => _log.Close(), TaskScheduler.Default);
    }

    // What is planned was in the log: a plan covers only what was polled.
    private long? First()
    {
        var first = _log.First;
        return first is null || first >= _planned
            ? first
            : throw new SourceFailedException(
                $"Source {_log.Source}: {_planned} records expected in its write-ahead log, since they are planned, {first} found; put the log there that belongs to the checkpoint or savepoint.");
    }
}
