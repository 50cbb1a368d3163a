using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>The changed fields of a <see cref="MapTable{TKey, TField, TItem}"/>.</summary>
public sealed class MapDelta<TKey, TField, TItem>(string table, long epoch, MapDeltaRow<TKey, TField, TItem>[] rows)
    : StateDelta<MapDeltaRow<TKey, TField, TItem>>(table, epoch, rows)
{
    internal override void Write(CodecWriter writer, CodecCatalog codecs)
    {
        var (keys, fields, items) = (codecs.Of<TKey>(), codecs.Of<TField>(), codecs.Of<TItem>());
        keys.Schema.WriteTo(writer);
        fields.Schema.WriteTo(writer);
        items.Schema.WriteTo(writer);
        writer.WriteVarint((ulong)Rows.Length);
        foreach (ref readonly var row in Rows.AsSpan())
        {
            keys.Write(writer, row.Key);
            fields.Write(writer, row.Field);
            writer.WriteByte(row.Exists ? (byte)1 : (byte)0);
            if (row.Exists)
            {
                items.Write(writer, row.Item);
            }
        }
    }

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
}
