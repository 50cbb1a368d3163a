using System.Buffers;

namespace Millrace.Data;

/// <summary>The only thing that carries data on an edge; a record is a batch of one.</summary>
/// <remarks>
/// A batch has one owner at any time. Whoever receives it passes it on or calls <see cref="Release"/> once.
/// <para>Beside its rows a batch may carry side arrays with one element a row: event times and change kinds. They are there only
/// when somebody gave them (<see cref="AttachTimes"/>, <see cref="AttachChanges"/>), once all rows are in.</para>
/// </remarks>
public abstract class Batch
{
    private long[]? _times;
    private ChangeKind[]? _changes;

    private protected Batch()
    {
    }

    /// <summary>Rows in the batch.</summary>
    public abstract int Count { get; }

    /// <summary>Whether the batch carries any side array.</summary>
    public bool HasSides => _times is not null || _changes is not null;

    /// <summary>The event time of each row, in milliseconds since the Unix epoch; empty where the rows have none.</summary>
    public ReadOnlySpan<long> Times => _times is null ? default : _times.AsSpan(0, Count);

    /// <summary>What each row says of its table; empty where all rows are inserts.</summary>
    public ReadOnlySpan<ChangeKind> Changes => _changes is null ? default : _changes.AsSpan(0, Count);

    /// <summary>Gives every row an event time: the place to write them, in milliseconds since the Unix epoch.</summary>
    public Span<long> AttachTimes() => (_times ??= ArrayPool<long>.Shared.Rent(Count)).AsSpan(0, Count);

    /// <summary>Gives every row a change kind: the place to write them.</summary>
    public Span<ChangeKind> AttachChanges() => (_changes ??= ArrayPool<ChangeKind>.Shared.Rent(Count)).AsSpan(0, Count);

    /// <summary>Gives the rows the sides of as many rows of <paramref name="source"/>, from <paramref name="first"/> on; none where it has none.</summary>
    public void CopySidesFrom(Batch source, int first = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source._times is { } times)
            times.AsSpan(first, Count).CopyTo(AttachTimes());
        if (source._changes is { } changes)
            changes.AsSpan(first, Count).CopyTo(AttachChanges());
    }

    /// <summary>Gives the arrays back to the pool. The batch must not be used afterwards.</summary>
    public virtual void Release()
    {
        if (_times is not null)
            ArrayPool<long>.Shared.Return(_times);
        if (_changes is not null)
            ArrayPool<ChangeKind>.Shared.Return(_changes);
        (_times, _changes) = (null, null);
    }

    /// <summary>Takes over side arrays, which came from the shared pool.</summary>
    internal void OwnSides(long[]? times, ChangeKind[]? changes) => (_times, _changes) = (times, changes);
}
