namespace Millrace.State;

/// <summary>The changed lists of a <see cref="ListTable{TKey, TItem}"/>.</summary>
public sealed class ListDelta<TKey, TItem>(string table, long epoch, ListDeltaRow<TKey, TItem>[] rows)
    : StateDelta<ListDeltaRow<TKey, TItem>>(table, epoch, rows)
{
    private protected override StateDelta<ListDeltaRow<TKey, TItem>> With(ListDeltaRow<TKey, TItem>[] rows) =>
        new ListDelta<TKey, TItem>(Table, Epoch, rows);
}
