namespace Millrace.State;

/// <summary>The changed fields of a <see cref="MapTable{TKey, TField, TItem}"/>.</summary>
public sealed class MapDelta<TKey, TField, TItem>(string table, long epoch, MapDeltaRow<TKey, TField, TItem>[] rows)
    : StateDelta<MapDeltaRow<TKey, TField, TItem>>(table, epoch, rows)
{
    private protected override StateDelta<MapDeltaRow<TKey, TField, TItem>> With(MapDeltaRow<TKey, TField, TItem>[] rows) =>
        new MapDelta<TKey, TField, TItem>(Table, Epoch, rows);
}
