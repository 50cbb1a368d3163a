using Millrace.Data;
using Millrace.Runtime.Wire;
using Millrace.Serialization;
using Millrace.State;

namespace Millrace.Runtime.State;

/// <summary>Keys and entries of state as bytes: the rows of a delta, a key one that has no value.</summary>
internal static class StateBytes
{
    public static byte[] OfKey<TKey, TValue>(TKey key, CodecCatalog codecs)
    {
        using var writer = new CodecWriter();
        var rows = new WrittenRows<ValueDeltaRow<TKey, TValue>>(writer, new ValueRowCodec<TKey, TValue>(codecs));
        rows.Add(new(key, 0, false, default!));
        rows.End();
        return writer.ToArray();
    }

    /// <exception cref="ConfigurationException">It is no key of that type.</exception>
    public static TKey ReadKey<TKey, TValue>(ReadOnlyMemory<byte> bytes, CodecCatalog codecs)
    {
        if (HyperionCodecs.FindIn(codecs.Of<TKey>().Schema) is { } opaque)
            throw new ConfigurationException($"a key of a type that Millrace or MemoryPack writes expected from another process, {opaque} found");
        return Read<TKey, TValue>(bytes, codecs) is [{ Exists: false } row]
            ? row.Key
            : throw new ConfigurationException("the bytes of one key expected, others found; see whether the nodes run the same version");
    }

    /// <exception cref="ConfigurationException">They are no entries of these types.</exception>
    public static (TKey Key, TValue Value)[] ReadEntries<TKey, TValue>(ReadOnlyMemory<byte> bytes, CodecCatalog codecs) =>
        [.. Read<TKey, TValue>(bytes, codecs).Select(row => (row.Key, row.Value))];

    private static ValueDeltaRow<TKey, TValue>[] Read<TKey, TValue>(ReadOnlyMemory<byte> bytes, CodecCatalog codecs)
    {
        if (bytes.IsEmpty)
            return [];
        try
        {
            var reader = new CodecReader(bytes.Span);
            var rows = ValueDelta<TKey, TValue>.Read("", 0, ref reader, codecs).Rows;
            reader.ExpectEnd();
            return rows;
        }
        catch (Exception cause) when (cause is CorruptPayloadException or SchemaException)
        {
            throw new ConfigurationException($"entries of keys of type {CodecCatalog.Name(typeof(TKey))} expected, {cause.Message}; see whether the nodes run the same version", cause);
        }
    }
}
