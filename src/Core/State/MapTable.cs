using System.Diagnostics.CodeAnalysis;
using Millrace.Data;

namespace Millrace.State;

/// <summary>A map from fields to items per key.</summary>
/// <remarks>Items are immutable. Undo and delta are per field. A key without fields is not in the table.</remarks>
public sealed class MapTable<TKey, TField, TItem> : StateTable
{
    /// <summary>An empty table.</summary>
    /// <exception cref="GraphException"><typeparamref name="TKey"/> or <typeparamref name="TField"/> can't be a key.</exception>
    public MapTable(string name)
        : base(name, isTransient: false)
    {
    }

    public override int Count => throw new NotSupportedException();
    internal override int UndoEntryCount => throw new NotSupportedException();

    /// <summary>Reads a field.</summary>
    public bool TryGet(TKey key, TField field, [MaybeNullWhen(false)] out TItem item) => throw new NotSupportedException();

    /// <summary>Sets a field.</summary>
    public void Put(TKey key, TField field, TItem item) => throw new NotSupportedException();

    /// <summary>Removes a field; false when it was not there.</summary>
    public bool Remove(TKey key, TField field) => throw new NotSupportedException();

    /// <summary>Removes all fields of a key; false when it has none.</summary>
    public bool RemoveAll(TKey key) => throw new NotSupportedException();

    /// <summary>The number of fields of a key.</summary>
    public int FieldCount(TKey key) => throw new NotSupportedException();

    /// <summary>Enumerates the fields of a key, in no particular order; meanwhile the current field may be removed or set, nothing else.</summary>
    public MapTableEnumerator<TKey, TField, TItem> Enumerate(TKey key) => throw new NotSupportedException();

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
