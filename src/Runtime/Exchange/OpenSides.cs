using System.Buffers;
using Millrace.Data;

namespace Millrace.Runtime.Exchange;

/// <summary>The side arrays of a batch that a gate gathers for one channel.</summary>
internal struct OpenSides
{
    private long[]? _times;
    private ChangeKind[]? _changes;

    /// <summary>Whether rows of <paramref name="batch"/> may join the rows gathered so far.</summary>
    public readonly bool Fits(Batch batch) => _times is null == batch.Times.IsEmpty && _changes is null == batch.Changes.IsEmpty;

    /// <summary>Takes the sides of a row that becomes number <paramref name="index"/>; the first row decides what there is.</summary>
    public void Put(Batch batch, int row, int index, int capacity)
    {
        if (!batch.Times.IsEmpty)
            (_times ??= ArrayPool<long>.Shared.Rent(capacity))[index] = batch.Times[row];
        if (!batch.Changes.IsEmpty)
            (_changes ??= ArrayPool<ChangeKind>.Shared.Rent(capacity))[index] = batch.Changes[row];
    }

    /// <summary>Hands the arrays over to the batch of the gathered rows.</summary>
    public void MoveTo(Batch batch)
    {
        batch.OwnSides(_times, _changes);
        (_times, _changes) = (null, null);
    }
}
