using Millrace.Serialization;

namespace Millrace.State;

/// <summary>A row is its key, its field, whether it exists, and then its item.</summary>
internal sealed class MapRowCodec<TKey, TField, TItem>(CodecCatalog codecs) : DeltaRowCodec<MapDeltaRow<TKey, TField, TItem>>
{
    private readonly Codec<TKey> _keys = codecs.Of<TKey>();
    private readonly Codec<TField> _fields = codecs.Of<TField>();
    private readonly Codec<TItem> _items = codecs.Of<TItem>();

    public override void WriteSchemas(CodecWriter writer)
    {
        _keys.Schema.WriteTo(writer);
        _fields.Schema.WriteTo(writer);
        _items.Schema.WriteTo(writer);
    }

    public override void Write(CodecWriter writer, in MapDeltaRow<TKey, TField, TItem> row)
    {
        _keys.Write(writer, row.Key);
        _fields.Write(writer, row.Field);
        writer.WriteByte(row.Exists ? (byte)1 : (byte)0);
        if (row.Exists)
            _items.Write(writer, row.Item);
    }
}
