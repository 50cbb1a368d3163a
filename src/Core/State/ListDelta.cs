using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>The changed lists of a <see cref="ListTable{TKey, TItem}"/>.</summary>
public sealed class ListDelta<TKey, TItem>(string table, long epoch, ListDeltaRow<TKey, TItem>[] rows)
    : StateDelta<ListDeltaRow<TKey, TItem>>(table, epoch, rows)
{
    internal override void Write(CodecWriter writer, CodecCatalog codecs)
    {
        var (keys, items) = (codecs.Of<TKey>(), codecs.Of<TItem>());
        keys.Schema.WriteTo(writer);
        items.Schema.WriteTo(writer);
        writer.WriteVarint((ulong)Rows.Length);
        foreach (ref readonly var row in Rows.AsSpan())
        {
            keys.Write(writer, row.Key);
            writer.WriteByte(row.Removed ? (byte)1 : (byte)0);
            writer.WriteVarint((ulong)row.Appended.Length);
            foreach (var item in row.Appended)
            {
                items.Write(writer, item);
            }
        }
    }

    internal static ListDelta<TKey, TItem> Read(string table, long epoch, ref CodecReader reader, CodecCatalog codecs)
    {
        var keys = codecs.Of<TKey>(CodecSchema.ReadFrom(ref reader));
        var items = codecs.Of<TItem>(CodecSchema.ReadFrom(ref reader));
        var rows = new ListDeltaRow<TKey, TItem>[reader.ReadLength()];
        for (var i = 0; i < rows.Length; i++)
        {
            var key = keys.Read(ref reader);
            var removed = reader.ReadByte() != 0;
            var appended = new TItem[reader.ReadLength()];
            for (var item = 0; item < appended.Length; item++)
            {
                appended[item] = items.Read(ref reader);
            }

            rows[i] = new(key, KeyType<TKey>.Default.Hash(key), removed, appended);
        }

        return new(table, epoch, rows);
    }

    private protected override StateDelta<ListDeltaRow<TKey, TItem>> With(ListDeltaRow<TKey, TItem>[] rows) =>
        new ListDelta<TKey, TItem>(Table, Epoch, rows);
}
