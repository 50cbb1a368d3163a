using System.Diagnostics.CodeAnalysis;
using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>A map from fields to items per key.</summary>
/// <remarks>Items are immutable. Undo and delta are per field. A key without fields is not in the table.</remarks>
public sealed class MapTable<TKey, TField, TItem> : StateTable<MapDeltaRow<TKey, TField, TItem>>
{
    private readonly ValueTable<(TKey Key, TField Field), TItem> _items;
    private readonly FieldIndex<TKey, TField> _fields = new();

    /// <summary>An empty table.</summary>
    /// <exception cref="GraphException"><typeparamref name="TKey"/> or <typeparamref name="TField"/> can't be a key.</exception>
    public MapTable(string name)
        : base(name, isTransient: false)
    {
        _items = ValueTable.Create<(TKey Key, TField Field), TItem>(name);
        _items.Observer = _fields;
    }

    public override int Count => _items.Count;

    /// <inheritdoc/>
    internal override TableView View => field ??= new ValueTableView<(TKey Key, TField Field), TItem, TItem>(_items, typeof(TKey), static entry => KeyType<TKey>.Default.Hash(entry.Key), static (_, item, _) => item);

    internal override int UndoEntryCount => _items.UndoEntryCount;

    /// <summary>Reads a field.</summary>
    public bool TryGet(TKey key, TField field, [MaybeNullWhen(false)] out TItem item) => _items.TryGet((key, field), out item);

    /// <summary>Sets a field.</summary>
    public void Put(TKey key, TField field, TItem item) => _items.Put((key, field), item);

    /// <summary>Removes a field; false when it was not there.</summary>
    public bool Remove(TKey key, TField field) => _items.Remove((key, field));

    /// <summary>Removes all fields of a key; false when it has none.</summary>
    public bool RemoveAll(TKey key)
    {
        if (_fields.Of(key) is not { } fields)
        {
            return false;
        }

        var walk = new SlotWalk<TField, bool>(fields);
        while (walk.MoveNext())
        {
            _items.Remove((key, fields.At(walk.Slot).Key));
        }

        return true;
    }

    /// <summary>The number of fields of a key.</summary>
    public int FieldCount(TKey key) => _fields.Of(key)?.Count ?? 0;

    /// <summary>Enumerates the fields of a key, in no particular order; meanwhile the current field may be removed or set, nothing else.</summary>
    public MapTableEnumerator<TKey, TField, TItem> Enumerate(TKey key) => new(_items, key, _fields.Of(key));

    /// <summary>Enumerates all fields of all keys, in no particular order; the current one may be replaced or removed through the enumerator.</summary>
    public ValueTableEnumerator<(TKey Key, TField Field), TItem> GetEnumerator() => _items.GetEnumerator();

    public override void Clear() => _items.Clear();

    internal override void BeginEpoch(long epoch) => _items.BeginEpoch(epoch);

    internal override long Mark() => _items.Mark();

    internal override void UndoTo(long mark) => _items.UndoTo(mark);

    internal override void Release(long mark) => _items.Release(mark);

    internal override void RollBackTo(long epoch) => _items.RollBackTo(epoch);

    internal override void Commit(long epoch) => _items.Commit(epoch);

    internal override StateDelta ReadDelta(long epoch, ref CodecReader reader, CodecCatalog codecs) =>
        MapDelta<TKey, TField, TItem>.Read(Name, epoch, ref reader, codecs);

    internal override void Apply(StateDelta delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        foreach (var row in ((MapDelta<TKey, TField, TItem>)delta).Rows)
        {
            var key = (row.Key, row.Field);
            _items.Restore(key, KeyType<(TKey, TField)>.Default.Hash(key), row.Exists, row.Item);
        }
    }

    private protected override void GiveDelta(long epoch, IRowSink<MapDeltaRow<TKey, TField, TItem>> rows) =>
        _items.VisitChanges(epoch, new MapDeltaRows<TKey, TField, TItem>(rows));

    private protected override void GiveImage(long epoch, IRowSink<MapDeltaRow<TKey, TField, TItem>> rows) =>
        _items.VisitImage(epoch, new MapDeltaRows<TKey, TField, TItem>(rows));

    private protected override StateDelta DeltaOf(long epoch, MapDeltaRow<TKey, TField, TItem>[] rows) => new MapDelta<TKey, TField, TItem>(Name, epoch, rows);

    private protected override DeltaRowCodec<MapDeltaRow<TKey, TField, TItem>> RowCodec(CodecCatalog codecs) => new MapRowCodec<TKey, TField, TItem>(codecs);
}
