using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>The changed entries of a <see cref="ValueTable{TKey, TValue}"/>.</summary>
public sealed class ValueDelta<TKey, TValue>(string table, long epoch, ValueDeltaRow<TKey, TValue>[] rows)
    : StateDelta<ValueDeltaRow<TKey, TValue>>(table, epoch, rows)
{
    internal static ValueDelta<TKey, TValue> Read(string table, long epoch, ref CodecReader reader, CodecCatalog codecs)
    {
        var keys = codecs.Of<TKey>(CodecSchema.ReadFrom(ref reader));
        var values = codecs.Of<TValue>(CodecSchema.ReadFrom(ref reader));
        var count = reader.ReadLength(keys.Schema.BytesMin + 1);
        var rows = ItemArray.Begin<ValueDeltaRow<TKey, TValue>>(count, reader.Remaining);
        for (var i = 0; i < count; i++)
        {
            ItemArray.MakeRoom(ref rows, i, count);
            var key = keys.Read(ref reader);
            var exists = reader.ReadFlag();
            rows[i] = new(key, KeyType<TKey>.Default.Hash(key), exists, exists ? values.Read(ref reader) : default!);
        }

        return new(table, epoch, rows);
    }

    private protected override StateDelta<ValueDeltaRow<TKey, TValue>> With(ValueDeltaRow<TKey, TValue>[] rows) =>
        new ValueDelta<TKey, TValue>(Table, Epoch, rows);

    private protected override DeltaRowCodec<ValueDeltaRow<TKey, TValue>> RowCodec(CodecCatalog codecs) => new ValueRowCodec<TKey, TValue>(codecs);
}
