using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>The changed fields of a <see cref="MapTable{TKey, TField, TItem}"/>.</summary>
public sealed class MapDelta<TKey, TField, TItem>(string table, long epoch, MapDeltaRow<TKey, TField, TItem>[] rows)
    : StateDelta<MapDeltaRow<TKey, TField, TItem>>(table, epoch, rows)
{
    internal static MapDelta<TKey, TField, TItem> Read(string table, long epoch, ref CodecReader reader, CodecCatalog codecs)
    {
        var keys = codecs.Of<TKey>(CodecSchema.ReadFrom(ref reader));
        var fields = codecs.Of<TField>(CodecSchema.ReadFrom(ref reader));
        var items = codecs.Of<TItem>(CodecSchema.ReadFrom(ref reader));
        var count = reader.ReadLength(keys.Schema.BytesMin + fields.Schema.BytesMin + 1);
        var rows = ItemArray.Begin<MapDeltaRow<TKey, TField, TItem>>(count, reader.Remaining);
        for (var i = 0; i < count; i++)
        {
            ItemArray.MakeRoom(ref rows, i, count);
            var (key, field) = (keys.Read(ref reader), fields.Read(ref reader));
            var exists = reader.ReadFlag();
            rows[i] = new(key, KeyType<TKey>.Default.Hash(key), field, exists, exists ? items.Read(ref reader) : default!);
        }

        return new(table, epoch, rows);
    }

    private protected override StateDelta<MapDeltaRow<TKey, TField, TItem>> With(MapDeltaRow<TKey, TField, TItem>[] rows) =>
        new MapDelta<TKey, TField, TItem>(Table, Epoch, rows);

    private protected override DeltaRowCodec<MapDeltaRow<TKey, TField, TItem>> RowCodec(CodecCatalog codecs) => new MapRowCodec<TKey, TField, TItem>(codecs);
}
