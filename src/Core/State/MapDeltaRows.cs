using Millrace.Data;

namespace Millrace.State;

/// <summary>Gives the rows of a map delta: fields that differ.</summary>
internal sealed class MapDeltaRows<TKey, TField, TItem>(IRowSink<MapDeltaRow<TKey, TField, TItem>> rows) : IChangeVisitor<(TKey Key, TField Field), TItem>
{
    public void Visit(in ValueChange<(TKey Key, TField Field), TItem> change)
    {
        if (change.Existed == change.Exists && (!change.Exists || SameValue<TItem>.Test(change.Before, change.After)))
        {
            return;
        }

        var (key, field) = change.Key;
        rows.Add(new(key, KeyType<TKey>.Default.Hash(key), field, change.Exists, change.Exists ? change.After : default!));
    }
}
