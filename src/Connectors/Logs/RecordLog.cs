using System.Diagnostics;
using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.Connectors.Logs;

/// <summary>Records received and not yet committed, numbered from 0. Thread-safe: some threads append, another reads and releases; locked once per batch.</summary>
/// <remarks>
/// <para>With a write-ahead log, records count as appended at once, and are offered to whoever reads when that has them.</para>
/// <para>What was offered in the time from one epoch to the next belongs to the latter, also where the job is behind and polls for it late.</para>
/// </remarks>
internal sealed class RecordLog<T, TWeight>
    where TWeight : struct, IRecordWeight<T>
{
    private const int BlockRecords = 1024;

    private readonly Lock _lock = new();
    private readonly List<Block> _blocks = [];
    private readonly WriteAheadLog<T>? _ahead;
    private readonly Func<long>? _nowMs;
    private readonly List<(long AtMs, long End)> _arrivals = [];
    private long _weightMax;
    private long _released;
    private long _allotted;
    private long _offered;
    private long _end;
    private long _weight;
    private TaskCompletionSource? _room;
    private SourceFailedException? _failure;
    private Task _stored = Task.CompletedTask;
    private bool _isClosed;
    private bool _isSealed;

    /// <param name="weightMax">The weight of the records held from which on there is no room for more.</param>
    /// <param name="ahead">What makes records durable before they are offered; null: they are offered at once.</param>
    /// <param name="nowMs">The clock by which epochs are planned; null: a poll shows all that is offered.</param>
    public RecordLog(long weightMax, WriteAheadLog<T>? ahead = null, Func<long>? nowMs = null)
    {
        (_weightMax, _ahead, _nowMs) = (weightMax, ahead, nowMs);
        ahead?.Connect(Offer, Fail);
    }

    private sealed class Block
    {
        public T[] Records { get; } = new T[BlockRecords];

        public long Weight { get; set; }
    }

    /// <summary>Records appended so far.</summary>
    public long End
    {
        get
        {
            lock (_lock)
                return _end;
        }
    }

    /// <summary>Weight of the records held.</summary>
    public long Weight
    {
        get
        {
            lock (_lock)
                return _weight;
        }
    }

    /// <summary>The error behind the last record of a log that is closed, or null.</summary>
    public string? Error { get; private set; }

    private long FirstBlock => _released / BlockRecords;

    /// <inheritdoc cref="Append(ReadOnlySpan{T}, out Task)"/>
    public Task Append(ReadOnlySpan<T> records) => Append(records, out _);

    /// <summary>Takes the records, if the source has not failed and the log is not sealed; the task completes once there is room for more.</summary>
    /// <param name="records">The records.</param>
    /// <param name="stored">Completes when these records, and all before them, are offered; fails where they never will be.</param>
    public Task Append(ReadOnlySpan<T> records, out Task stored)
    {
        // Why outside the lock: it takes longer than all the rest, and whoever reads would wait.
        var bytes = records.IsEmpty ? null : Encode(records);
        lock (_lock)
        {
            if (_failure is null && !_isSealed && !records.IsEmpty)
            {
                foreach (var record in records)
                    Append(record);
                if (_ahead is null)
                    OfferTo(_end);
                else
                    _stored = _ahead.Append(bytes!, records.Length);
            }
            else
            {
                bytes?.Dispose();
            }

            stored = _stored;
            if (_weight < _weightMax || _failure is not null)
                return Task.CompletedTask;
            _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>No record follows.</summary>
    /// <param name="error">Why, in one line, where that is an error; those before it can be read all the same.</param>
    public void Close(string? error = null)
    {
        lock (_lock)
            (_isClosed, Error) = (true, error);
    }

    /// <summary>Makes room for as much again: what is held up comes in, though nothing is released until the last poll.</summary>
    public void Widen()
    {
        lock (_lock)
        {
            _weightMax = _weightMax > long.MaxValue / 2 ? long.MaxValue : 2 * _weightMax;
            if (_weight >= _weightMax)
                return;
            _room?.TrySetResult();
            _room = null;
        }
    }

    /// <summary>Takes no more, and is not closed by it; completes when what it has taken is offered, and fails where that will never be.</summary>
    public Task SealAsync()
    {
        lock (_lock)
        {
            _isSealed = true;
            var taken = _stored;
            _stored = Never(new OperationCanceledException("The source is stopped; what it is given is not taken any more."));
            return taken;
        }
    }

    /// <summary>The source can't go on: whoever polls or reads gets the reason, and whoever waits for room goes on.</summary>
    public void Fail(SourceFailedException failure)
    {
        lock (_lock)
        {
            if (_failure is null)
            {
                _failure = failure;
                _stored = Never(failure);
            }

            _room?.TrySetResult();
            _room = null;
        }
    }

    /// <summary>Records offered until an epoch's time, and whether no more follow. Of a sealed log: all, since no other epoch comes for them.</summary>
    /// <exception cref="SourceFailedException">The source has failed.</exception>
    public long Poll(long epochMs, out bool isClosed)
    {
        lock (_lock)
        {
            ThrowIfFailed();
            var due = 0;
            while (due < _arrivals.Count && (_arrivals[due].AtMs <= epochMs || _isSealed))
                _allotted = _arrivals[due++].End;
            _arrivals.RemoveRange(0, due);
            isClosed = _isClosed && _allotted == _end;
            return _allotted;
        }
    }

    /// <summary>At most one full batch from <paramref name="from"/> on, before <paramref name="to"/>; null when the range is empty.</summary>
    public Batch<T>? Read(long from, long to)
    {
        lock (_lock)
        {
            ThrowIfFailed();
            if (from < _released || to > _offered || from > to)
                throw new InvalidOperationException($"Records {from}..{to} asked for, a range within {_released}..{_offered} expected: released records can't be read again.");
            var count = (int)Math.Min(to - from, Batch<T>.FullSize);
            if (count == 0)
                return null;
            var batch = Batch<T>.Rent(count);
            var rows = batch.Extend(count);
            while (rows.Length > 0)
            {
                var start = (int)(from % BlockRecords);
                var records = _blocks[(int)(from / BlockRecords - FirstBlock)].Records.AsSpan(start, Math.Min(rows.Length, BlockRecords - start));
                records.CopyTo(rows);
                rows = rows[records.Length..];
                from += records.Length;
            }

            return batch;
        }
    }

    /// <summary>Forgets the records before <paramref name="offset"/> and lets whoever appends go on when there is room again.</summary>
    public void Release(long offset)
    {
        lock (_lock)
        {
            for (offset = Math.Min(offset, _offered); _released < offset;)
            {
                var block = _blocks[0];
                var start = (int)(_released % BlockRecords);
                var count = (int)Math.Min(offset - _released, BlockRecords - start);
                if (start + count == BlockRecords)
                {
                    _weight -= block.Weight;
                    _blocks.RemoveAt(0);
                }
                else
                {
                    ReleaseRecords(block, start, count);
                }

                _released += count;
            }

            Debug.Assert(_weight >= 0, "what was counted when it came is counted when it goes");
            if (_room is null || _weight >= _weightMax)
                return;
            _room.SetResult();
            _room = null;
        }
    }

    /// <summary>The write-ahead log has so many more of the records appended.</summary>
    private void Offer(int count)
    {
        lock (_lock)
            OfferTo(_offered + count);
    }

    private void OfferTo(long end)
    {
        _offered = end;
        if (_nowMs is null)
        {
            _allotted = end;
            return;
        }

        var atMs = _nowMs();
        if (_arrivals is [.., var last] && last.AtMs >= atMs)
            _arrivals[^1] = last with { End = end };
        else
            _arrivals.Add((atMs, end));
    }

    private CodecWriter? Encode(ReadOnlySpan<T> records)
    {
        try
        {
            return _ahead?.Encode(records);
        }
        catch (SourceFailedException failure)
        {
            Fail(failure);
            return null;
        }
    }

    private static Task Never(Exception reason)
    {
        var stored = Task.FromException(reason);
        // Why: nobody may wait for it, and that is no error of its own.
        _ = stored.Exception;
        return stored;
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new SourceFailedException(failure.Message, failure);
    }

    private void Append(T record)
    {
        var index = (int)(_end++ % BlockRecords);
        if (index == 0)
            _blocks.Add(new Block());
        var block = _blocks[^1];
        block.Records[index] = record;
        block.Weight += TWeight.Of(record);
        _weight += TWeight.Of(record);
    }

    private void ReleaseRecords(Block block, int start, int count)
    {
        foreach (var record in block.Records.AsSpan(start, count))
        {
            block.Weight -= TWeight.Of(record);
            _weight -= TWeight.Of(record);
        }

        block.Records.AsSpan(start, count).Clear();
    }
}
