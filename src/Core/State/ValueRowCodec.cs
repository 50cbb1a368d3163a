using Millrace.Serialization;

namespace Millrace.State;

/// <summary>A row is its key, whether it exists, and then its value.</summary>
internal sealed class ValueRowCodec<TKey, TValue>(CodecCatalog codecs) : DeltaRowCodec<ValueDeltaRow<TKey, TValue>>
{
    private readonly Codec<TKey> _keys = codecs.Of<TKey>();
    private readonly Codec<TValue> _values = codecs.Of<TValue>();

    public override void WriteSchemas(CodecWriter writer)
    {
        _keys.Schema.WriteTo(writer);
        _values.Schema.WriteTo(writer);
    }

    public override void Write(CodecWriter writer, in ValueDeltaRow<TKey, TValue> row)
    {
        _keys.Write(writer, row.Key);
        writer.WriteByte(row.Exists ? (byte)1 : (byte)0);
        if (row.Exists)
            _values.Write(writer, row.Value);
    }
}
