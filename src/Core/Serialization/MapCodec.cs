namespace Millrace.Serialization;

/// <summary>A map: the number of entries and one, 0 for null, then key and value of each.</summary>
/// <param name="key">The codec of a key.</param>
/// <param name="value">The codec of a value.</param>
/// <param name="make">Makes the map of its entries.</param>
internal sealed class MapCodec<TMap, TKey, TValue>(Codec<TKey> key, Codec<TValue> value, Func<KeyValuePair<TKey, TValue>[], TMap> make) : Codec<TMap>
    where TMap : IEnumerable<KeyValuePair<TKey, TValue>>
{
    /// <inheritdoc/>
    public override CodecSchema Schema { get; } = CodecSchema.Of(SchemaKind.Map, key.Schema, value.Schema);

    /// <inheritdoc/>
    public override void Write(CodecWriter writer, TMap map)
    {
        if (map is null)
        {
            writer.WriteVarint(0);
            return;
        }

        writer.Enter();
        KeyValuePair<TKey, TValue>[] entries = [.. map];
        writer.WriteVarint((ulong)entries.Length + 1);
        foreach (var entry in entries)
        {
            key.Write(writer, entry.Key);
            value.Write(writer, entry.Value);
        }

        writer.Leave();
    }

    /// <inheritdoc/>
    public override TMap Read(ref CodecReader reader)
    {
        var count = reader.ReadListLength();
        if (count < 0)
            return default!;
        reader.Enter();
        var entries = new KeyValuePair<TKey, TValue>[count];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = new(key.Read(ref reader), value.Read(ref reader));
        reader.Leave();
        try
        {
            return make(entries);
        }
        catch (ArgumentException failure)
        {
            throw new CorruptPayloadException($"A map expected before byte {reader.Position}, a key twice or null found; use another copy.", failure);
        }
    }
}
