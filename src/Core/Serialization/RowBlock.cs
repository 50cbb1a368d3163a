namespace Millrace.Serialization;

/// <summary>Rows one after another, to the end of their bytes. How many there are is not written: a block can grow row by row.</summary>
public static class RowBlock
{
    /// <summary>Adds a row. One that can't be written leaves the writer as it was.</summary>
    /// <exception cref="SchemaException">The row holds something that its declared types do not say, or takes no byte at all.</exception>
    public static void Write<T>(CodecWriter writer, Codec<T> codec, T row)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(codec);
        var start = writer.WrittenCount;
        try
        {
            codec.Write(writer, row);
            if (writer.WrittenCount == start)
                throw new SchemaException($"A row of at least one byte expected, a {CodecCatalog.Name(typeof(T))} found, which has no members; give it one.");
        }
        catch
        {
            writer.Rewind(start);
            throw;
        }
    }

    /// <summary>Adds all rows up to the end of the bytes.</summary>
    /// <exception cref="CorruptPayloadException">The bytes are no rows of the codec; the rows before the damage have been added.</exception>
    public static void Read<T>(ref CodecReader reader, Codec<T> codec, List<T> rows)
    {
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(rows);
        while (reader.Remaining > 0)
        {
            var start = reader.Position;
            rows.Add(codec.Read(ref reader));
            // Why: a row without bytes could be read for ever.
            if (reader.Position == start)
                throw new CorruptPayloadException($"A row of at least one byte expected at byte {start}, a {CodecCatalog.Name(typeof(T))} without members found; use another copy.");
        }
    }
}
