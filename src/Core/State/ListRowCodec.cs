using Millrace.Serialization;

namespace Millrace.State;

/// <summary>A row is its key, whether earlier items are gone, and the items appended.</summary>
internal sealed class ListRowCodec<TKey, TItem>(CodecCatalog codecs) : DeltaRowCodec<ListDeltaRow<TKey, TItem>>
{
    private readonly Codec<TKey> _keys = codecs.Of<TKey>();
    private readonly Codec<TItem> _items = codecs.Of<TItem>();

    public override void WriteSchemas(CodecWriter writer)
    {
        _keys.Schema.WriteTo(writer);
        _items.Schema.WriteTo(writer);
    }

    public override void Write(CodecWriter writer, in ListDeltaRow<TKey, TItem> row)
    {
        _keys.Write(writer, row.Key);
        writer.WriteByte(row.Removed ? (byte)1 : (byte)0);
        writer.WriteVarint((ulong)row.Appended.Length);
        foreach (var item in row.Appended)
            _items.Write(writer, item);
    }
}
