using System.Runtime.InteropServices;
using Millrace.Data;

namespace Millrace.State;

/// <summary>Gathers the rows of a map delta: fields that differ.</summary>
internal sealed class MapDeltaRows<TKey, TField, TItem> : IChangeVisitor<(TKey Key, TField Field), TItem>
{
    private readonly List<MapDeltaRow<TKey, TField, TItem>> _rows = [];

    public void Visit(in ValueChange<(TKey Key, TField Field), TItem> change)
    {
        if (change.Existed == change.Exists && (!change.Exists || SameValue<TItem>.Test(change.Before, change.After)))
        {
            return;
        }

        var (key, field) = change.Key;
        _rows.Add(new(key, KeyType<TKey>.Default.Hash(key), field, change.Exists, change.Exists ? change.After : default!));
    }

    internal MapDelta<TKey, TField, TItem>? ToDelta(string table, long epoch) =>
        _rows.Count == 0 ? null : new MapDelta<TKey, TField, TItem>(table, epoch, CollectionsMarshal.AsSpan(_rows).ToArray());
}
