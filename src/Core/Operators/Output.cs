using System.Buffers;
using System.Runtime.CompilerServices;
using Millrace.Data;

namespace Millrace.Operators;

/// <summary>One output port of an operator: gathers rows into batches and hands full ones to what stands behind the port.</summary>
/// <remarks>Open rows go on when the batch is full and when the operator calls <see cref="Flush"/>, which it does before it returns from
/// a batch and from the end of an epoch: rows left open are lost when a later record fails.</remarks>
public sealed class Output<T>
{
    // Why fewer than a full batch: what one operator writes should still be in the first-level cache when the next one reads it,
    // also where rows refer to objects just made. Gates gather full batches again.
    private static readonly int SizeMax = Math.Min(256, Batch<T>.FullSize);

    private readonly IInput<T>? _target;
    private readonly OperatorProgress _progress;
    private readonly OperatorProgress.OperatorIdBox? _targetId;
    private T[] _rows = [];
    private int _count;
    private int _capacity = 16;
    private SideBuffer<long> _times;
    private SideBuffer<ChangeKind> _changes;

    /// <param name="target">What stands behind the port; null where nobody listens: rows are dropped.</param>
    /// <param name="targetId">The operator behind the port, named when it throws; null for a gate.</param>
    /// <param name="progress">The chain's progress.</param>
    internal Output(IInput<T>? target, OperatorId? targetId, OperatorProgress progress)
    {
        _target = target;
        _targetId = targetId is { } id ? new(id) : null;
        _progress = progress;
    }

    /// <summary>Stands between the port and what is behind it; null for most of the time.</summary>
    internal IRowGuard? Guard { get; set; }

    /// <summary>Rows that were added and not yet handed over.</summary>
    internal int OpenRows => _count;

    /// <summary>Adds one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T row)
    {
        var rows = _rows;
        var count = _count;
        if ((uint)count < (uint)rows.Length)
        {
            rows[count] = row;
            _count = count + 1;
        }
        else
        {
            AddSlow(row);
        }
    }

    /// <summary>Adds rows.</summary>
    public void AddRange(ReadOnlySpan<T> rows)
    {
        while (!rows.IsEmpty)
        {
            var room = _rows.Length - _count;
            if (room == 0)
            {
                AddSlow(rows[0]);
                rows = rows[1..];
                continue;
            }

            var taken = Math.Min(room, rows.Length);
            rows[..taken].CopyTo(_rows.AsSpan(_count));
            _count += taken;
            rows = rows[taken..];
        }
    }

    /// <summary>Rows that are added from here on carry the sides of row <paramref name="row"/> of a batch; none where it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Follow(Batch batch, int row)
    {
        if (batch.HasSides || _times.IsActive || _changes.IsActive)
            FollowSides(batch, row);
    }

    /// <summary>Rows that are added from here on have this event time, until the next call.</summary>
    /// <param name="timeMs">Milliseconds since the Unix epoch.</param>
    public void Stamp(long timeMs)
    {
        if (!_times.IsActive)
            Flush();
        _times.Stamp(timeMs, _count);
    }

    /// <summary>Rows that are added from here on are such changes, until the next call.</summary>
    public void Stamp(ChangeKind change)
    {
        if (!_changes.IsActive)
            Flush();
        _changes.Stamp(change, _count);
    }

    /// <summary>Passes a whole batch on, after the rows that were added before it. An empty one is released: no port ever sees it.</summary>
    public void Send(Batch<T> batch)
    {
        Flush();
        if (batch.Count == 0)
            batch.Release();
        else
            Deliver(batch);
    }

    /// <summary>Hands the open rows over.</summary>
    public void Flush()
    {
        if (_count == 0)
            return;
        var batch = Batch<T>.Own(_rows, _count);
        batch.OwnSides(_times.Take(_count), _changes.Take(_count));
        _capacity = Math.Clamp(_count * 2, 16, SizeMax);
        (_rows, _count) = ([], 0);
        Deliver(batch);
    }

    /// <summary>Forgets the open rows (after an error, before the record runs again). Not those of an operator that is at work: the error is behind it.</summary>
    internal void Discard()
    {
        if (Guard is not null)
            return;
        if (_count > 0)
            Batch<T>.Own(_rows, _count).Release();
        (_rows, _count) = ([], 0);
        _times.Discard();
        _changes.Discard();
    }

    private void FollowSides(Batch batch, int row)
    {
        var (hasTimes, hasChanges) = (!batch.Times.IsEmpty, !batch.Changes.IsEmpty);
        if (hasTimes != _times.IsActive || hasChanges != _changes.IsActive)
        {
            Flush();
            _times.Stop();
            _changes.Stop();
        }

        if (hasTimes)
            _times.Stamp(batch.Times[row], _count);
        if (hasChanges)
            _changes.Stamp(batch.Changes[row], _count);
    }

    private void AddSlow(T row)
    {
        if (_count > 0 && _rows.Length >= SizeMax)
            Flush();
        if (_rows.Length == 0)
            _rows = ArrayPool<T>.Shared.Rent(_capacity);
        else
            Grow();
        _rows[_count++] = row;
    }

    private void Grow()
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Min(_rows.Length * 4, SizeMax));
        Array.Copy(_rows, larger, _count);
        Batch<T>.Own(_rows, _count).Release();
        _rows = larger;
    }

    private void Deliver(Batch<T> batch)
    {
        if (Guard is { } guard)
            guard.Deliver(this, batch);
        else
            Pass(batch);
    }

    /// <summary>Hands the batch to what is behind the port.</summary>
    internal void Pass(Batch<T> batch)
    {
        if (_target is null)
        {
            batch.Release();
            return;
        }

        if (_targetId is null)
        {
            _target.OnBatch(batch);
            return;
        }

        var caller = _progress.Enter(_targetId);
        try
        {
            _target.OnBatch(batch);
        }
        catch (Exception cause) when (cause is not JobEndingException && !UserFunctionException.IsPlaced(cause))
        {
            throw new UserFunctionException(_targetId.Id, cause);
        }

        _progress.Leave(caller);
    }
}
