using Millrace.Data;

namespace Millrace.State;

/// <summary>A list of items per key, appended to and removed as a whole.</summary>
/// <remarks>
/// Items are immutable. Undo costs nothing per item, and a delta holds the items appended by its epoch, not the list.
/// A key without items is not in the table.
/// </remarks>
public sealed class ListTable<TKey, TItem> : StateTable
{
    /// <summary>An empty table.</summary>
    /// <exception cref="GraphException"><typeparamref name="TKey"/> can't be a key.</exception>
    public ListTable(string name)
        : base(name, isTransient: false)
    {
    }

    public override int Count => throw new NotSupportedException();
    internal override int UndoEntryCount => throw new NotSupportedException();

    /// <summary>Appends an item to the list of a key.</summary>
    public void Append(TKey key, TItem item) => throw new NotSupportedException();

    /// <summary>Appends the rows in order, each to the list of its key.</summary>
    public void AppendAll(ReadOnlySpan<(TKey Key, TItem Item)> rows) => throw new NotSupportedException();

    /// <summary>The items of a key, oldest first, empty if it has none. The span is valid until the next change of the table.</summary>
    public ReadOnlySpan<TItem> Read(TKey key) => throw new NotSupportedException();

    /// <summary>Removes the list of a key; false when it has none.</summary>
    public bool RemoveAll(TKey key) => throw new NotSupportedException();

    public override void Clear() => throw new NotSupportedException();
    internal override void BeginEpoch(long epoch) => throw new NotSupportedException();
    internal override long Mark() => throw new NotSupportedException();
    internal override void UndoTo(long mark) => throw new NotSupportedException();
    internal override void Release(long mark) => throw new NotSupportedException();
    internal override void RollBackTo(long epoch) => throw new NotSupportedException();
    internal override void Commit(long epoch) => throw new NotSupportedException();
    internal override StateDelta? CaptureDelta(long epoch) => throw new NotSupportedException();
    internal override StateDelta? CaptureImage(long epoch) => throw new NotSupportedException();
    internal override void Apply(StateDelta delta) => throw new NotSupportedException();
}
