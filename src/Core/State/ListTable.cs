using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>A list of items per key, appended to and removed as a whole.</summary>
/// <remarks>
/// Items are immutable. Undo costs nothing per item, and a delta holds the items appended by its epoch, not the list.
/// A key without items is not in the table.
/// </remarks>
public sealed class ListTable<TKey, TItem> : StateTable<ListDeltaRow<TKey, TItem>>
{
    private readonly ValueTable<TKey, ListState<TItem>> _lists;

    /// <summary>An empty table.</summary>
    /// <exception cref="GraphException"><typeparamref name="TKey"/> can't be a key.</exception>
    public ListTable(string name)
        : base(name, isTransient: false) => _lists = ValueTable.Create<TKey, ListState<TItem>>(name);

    public override int Count => _lists.Count;

    /// <inheritdoc/>
    internal override TableView View => field ??= new ValueTableView<TKey, ListState<TItem>, TItem[]>(_lists, typeof(TKey), KeyType<TKey>.Default.Hash, static (_, list, _) => list.Items.ToArray());

    internal override int UndoEntryCount => _lists.UndoEntryCount;

    /// <summary>Appends an item to the list of a key.</summary>
    public void Append(TKey key, TItem item)
    {
        ref var list = ref _lists.GetOrAdd(key, out _);
        list = list.Append(item);
    }

    /// <summary>Appends the rows in order, each to the list of its key.</summary>
    public void AppendAll(ReadOnlySpan<(TKey Key, TItem Item)> rows)
    {
        foreach (ref readonly var row in rows)
        {
            Append(row.Key, row.Item);
        }
    }

    /// <summary>The items of a key, oldest first, empty if it has none. The span is valid until the next change of the table.</summary>
    public ReadOnlySpan<TItem> Read(TKey key) => _lists.TryGet(key, out var list) ? list.Items : [];

    /// <summary>Removes the list of a key; false when it has none.</summary>
    public bool RemoveAll(TKey key) => _lists.Remove(key);

    /// <summary>Enumerates the keys and their lists, in no particular order: <c>while (lists.MoveNext())</c>; the current list may be removed.</summary>
    public ListTableEnumerator<TKey, TItem> GetEnumerator() => new(_lists.GetEnumerator());

    public override void Clear() => _lists.Clear();

    internal override void BeginEpoch(long epoch) => _lists.BeginEpoch(epoch);

    internal override long Mark() => _lists.Mark();

    internal override void UndoTo(long mark) => _lists.UndoTo(mark);

    internal override void Release(long mark) => _lists.Release(mark);

    internal override void RollBackTo(long epoch) => _lists.RollBackTo(epoch);

    internal override void Commit(long epoch) => _lists.Commit(epoch);

    internal override StateDelta ReadDelta(long epoch, ref CodecReader reader, CodecCatalog codecs) =>
        ListDelta<TKey, TItem>.Read(Name, epoch, ref reader, codecs);

    internal override void Apply(StateDelta delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        foreach (var row in ((ListDelta<TKey, TItem>)delta).Rows)
        {
            var list = default(ListState<TItem>);
            if (!row.Removed)
            {
                _lists.TryGet(row.Key, out list);
            }

            foreach (var item in row.Appended)
            {
                list = list.Append(item);
            }

            _lists.Restore(row.Key, row.Hash, list.Count > 0, list);
        }
    }

    private protected override void GiveDelta(long epoch, IRowSink<ListDeltaRow<TKey, TItem>> rows) =>
        _lists.VisitChanges(epoch, new ListDeltaRows<TKey, TItem>(rows));

    private protected override void GiveImage(long epoch, IRowSink<ListDeltaRow<TKey, TItem>> rows) =>
        _lists.VisitImage(epoch, new ListDeltaRows<TKey, TItem>(rows));

    private protected override StateDelta DeltaOf(long epoch, ListDeltaRow<TKey, TItem>[] rows) => new ListDelta<TKey, TItem>(Name, epoch, rows);

    private protected override DeltaRowCodec<ListDeltaRow<TKey, TItem>> RowCodec(CodecCatalog codecs) => new ListRowCodec<TKey, TItem>(codecs);
}
