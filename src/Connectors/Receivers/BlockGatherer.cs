using System.Runtime.InteropServices;
using Millrace.Connectors.Logs;
using Millrace.Time;

namespace Millrace.Connectors.Receivers;

/// <summary>Gathers single records in blocks, and holds up whoever stores while the log is full or the rate is used up. Thread-safe.</summary>
internal sealed class BlockGatherer<T> : IDisposable
{
    /// <summary>A block that has so many records does not wait for its interval.</summary>
    public const int BlockRecordsMax = 1024;

    private readonly Lock _lock = new();
    private readonly RecordLog<T, CountWeight<T>> _log;
    private readonly RateLimiter _limiter;
    private readonly TimeProvider _clock;
    private readonly CancellationToken _stopping;
    private readonly ITimer _timer;
    private readonly List<T> _open = new(BlockRecordsMax);
    private Task _room = Task.CompletedTask;
    private int _permits;
    private bool _isClosed;

    /// <param name="log">Where blocks go.</param>
    /// <param name="limiter">The rate of all records together.</param>
    /// <param name="interval">How long a block is open.</param>
    /// <param name="clock">The clock of the interval and of waits.</param>
    /// <param name="stopping">Ends every wait.</param>
    public BlockGatherer(RecordLog<T, CountWeight<T>> log, RateLimiter limiter, TimeSpan interval, TimeProvider clock, CancellationToken stopping)
    {
        (_log, _limiter, _clock, _stopping) = (log, limiter, clock, stopping);
        _timer = clock.CreateTimer(static state => ((BlockGatherer<T>)state!).CloseBlock(), this, interval, interval);
    }

    /// <summary>Records stored so far, those of the open block too.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
                return _log.End + _open.Count;
        }
    }

    /// <summary>Stores one record in the open block; false when no more are taken.</summary>
    public bool Store(T record)
    {
        for (; ; )
        {
            Task room;
            lock (_lock)
            {
                if (_isClosed)
                    return false;
                room = _room;
                if (room.IsCompleted && _permits > 0)
                {
                    _permits--;
                    _open.Add(record);
                    if (_open.Count >= BlockRecordsMax)
                        Push();
                    return true;
                }
            }

            if (!TryWait(room))
                return false;
        }
    }

    /// <summary>Stores the records behind those of the open block; completes when all are in the log, on disk where it is written ahead.</summary>
    /// <exception cref="OperationCanceledException">No more records are taken.</exception>
    /// <exception cref="Data.SourceFailedException">The write-ahead log does not take them.</exception>
    public async Task StoreAll(ReadOnlyMemory<T> records)
    {
        Task stored;
        try
        {
            stored = await PushAll(records).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw Stopped();
        }

        // Why once, and not cancelled: one sync does for all, and whether they are there can still be said when the receiver is stopped.
        await stored.ConfigureAwait(false);
    }

    private async Task<Task> PushAll(ReadOnlyMemory<T> records)
    {
        var stored = Task.CompletedTask;
        while (!records.IsEmpty)
        {
            var count = Math.Min(records.Length, _limiter.Lot);
            await Task.Delay(_limiter.Reserve(count), _clock, _stopping).ConfigureAwait(false);
            for (Task? room = null; room is null;)
            {
                room = TryPush(records.Span[..count], out var full, ref stored) ? Task.CompletedTask : null;
                await full.WaitAsync(_stopping).ConfigureAwait(false);
            }

            records = records[count..];
        }

        return stored;
    }

    private static OperationCanceledException Stopped() => new("The receiver is stopped; what it stores is not taken any more.");

    /// <summary>Puts the open block into the log, and takes no more.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            Push();
            _isClosed = true;
        }
    }

    /// <summary>Why permits come in lots: the limiter is asked, and its clock read, once for many records.</summary>
    private bool TryWait(Task room)
    {
        try
        {
            if (!room.IsCompleted)
            {
                room.WaitAsync(_stopping).GetAwaiter().GetResult();
                return true;
            }

            var permits = _limiter.Lot;
            var wait = _limiter.Reserve(permits);
            if (wait > TimeSpan.Zero)
                Task.Delay(wait, _clock, _stopping).GetAwaiter().GetResult();
            lock (_lock)
                _permits += permits;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private bool TryPush(ReadOnlySpan<T> records, out Task room, ref Task stored)
    {
        lock (_lock)
        {
            if (_isClosed)
                throw Stopped();
            room = _room;
            if (!room.IsCompleted)
                return false;
            Push();
            _room = _log.Append(records, out stored);
            return true;
        }
    }

    private void CloseBlock()
    {
        lock (_lock)
        {
            if (!_isClosed)
                Push();
        }
    }

    private void Push()
    {
        if (_open.Count == 0)
            return;
        _room = _log.Append(CollectionsMarshal.AsSpan(_open), out var stored);
        _isClosed |= stored.IsFaulted;
        _open.Clear();
    }
}
