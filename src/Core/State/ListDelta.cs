using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>The changed lists of a <see cref="ListTable{TKey, TItem}"/>.</summary>
public sealed class ListDelta<TKey, TItem>(string table, long epoch, ListDeltaRow<TKey, TItem>[] rows)
    : StateDelta<ListDeltaRow<TKey, TItem>>(table, epoch, rows)
{
    internal static ListDelta<TKey, TItem> Read(string table, long epoch, ref CodecReader reader, CodecCatalog codecs)
    {
        var keys = codecs.Of<TKey>(CodecSchema.ReadFrom(ref reader));
        var items = codecs.Of<TItem>(CodecSchema.ReadFrom(ref reader));
        var count = reader.ReadLength(keys.Schema.BytesMin + 2);
        var rows = ItemArray.Begin<ListDeltaRow<TKey, TItem>>(count, reader.Remaining);
        for (var i = 0; i < count; i++)
        {
            ItemArray.MakeRoom(ref rows, i, count);
            var key = keys.Read(ref reader);
            var removed = reader.ReadFlag();
            var appendedCount = reader.ReadLength(Math.Max(1, items.Schema.BytesMin));
            var appended = ItemArray.Begin<TItem>(appendedCount, reader.Remaining);
            for (var item = 0; item < appendedCount; item++)
            {
                ItemArray.MakeRoom(ref appended, item, appendedCount);
                appended[item] = items.Read(ref reader);
            }

            rows[i] = new(key, KeyType<TKey>.Default.Hash(key), removed, appended);
        }

        return new(table, epoch, rows);
    }

    private protected override StateDelta<ListDeltaRow<TKey, TItem>> With(ListDeltaRow<TKey, TItem>[] rows) =>
        new ListDelta<TKey, TItem>(Table, Epoch, rows);

    private protected override DeltaRowCodec<ListDeltaRow<TKey, TItem>> RowCodec(CodecCatalog codecs) => new ListRowCodec<TKey, TItem>(codecs);
}
