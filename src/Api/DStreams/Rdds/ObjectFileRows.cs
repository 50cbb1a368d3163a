using System.Buffers.Binary;
using System.Collections;
using Millrace.Serialization;

namespace Millrace.DStreams.Rdds;

/// <summary>The rows of an <see cref="ObjectFile"/>, read block by block as they are enumerated.</summary>
/// <param name="file">The path.</param>
/// <param name="part">The number that the part must have.</param>
/// <param name="parts">Parts in the directory.</param>
internal sealed class ObjectFileRows<T>(string file, int part, int parts) : IEnumerable<T>
{
    /// <inheritdoc/>
    /// <exception cref="CorruptPayloadException">The file is damaged; says where.</exception>
    /// <exception cref="SchemaException">Rows of another type were written; says in which member.</exception>
    public IEnumerator<T> GetEnumerator()
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, ObjectFile.BlockBytes, FileOptions.SequentialScan);
        var crc = ReadHeader(stream);
        var schema = ReadBlock(stream, ref crc);
        var codec = FindCodec(schema);
        var rows = new List<T>();
        for (var block = ReadBlock(stream, ref crc); block.Length > 0; block = ReadBlock(stream, ref crc))
        {
            ReadRows(block, codec, rows, stream.Position - block.Length);
            foreach (var row in rows)
                yield return row;
            rows.Clear();
        }

        if (stream.Position != stream.Length)
            throw Damaged(stream.Position, $"the end expected, {stream.Length - stream.Position} more bytes found");
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private uint ReadHeader(FileStream stream)
    {
        Span<byte> header = stackalloc byte[ObjectFile.HeaderBytes];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.StartsWith(ObjectFile.Magic))
            throw Damaged(0, "the header of an object file expected, other bytes found");
        var number = BinaryPrimitives.ReadInt32LittleEndian(header[ObjectFile.Magic.Length..]);
        var count = BinaryPrimitives.ReadInt32LittleEndian(header[(ObjectFile.Magic.Length + sizeof(int))..]);
        return (number, count) == (part, parts)
            ? Crc32C.Of(header)
            : throw Damaged(ObjectFile.Magic.Length, $"part {part} of {parts} expected, part {number} of {count} found");
    }

    private byte[] ReadBlock(FileStream stream, ref uint crc)
    {
        var start = stream.Position;
        Span<byte> frame = stackalloc byte[ObjectFile.FrameBytes];
        var found = stream.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false);
        if (found < frame.Length)
            throw Damaged(start, $"a block expected, {found} bytes found before the end of the file");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        // Why first: a damaged length would ask for the memory of it.
        if (length > stream.Length - stream.Position)
            throw Damaged(start, $"a block of {length} bytes expected, {stream.Length - stream.Position} found before the end of the file");
        var block = new byte[length];
        stream.ReadExactly(block);
        crc = Crc32C.Append(Crc32C.Append(crc, frame[..sizeof(uint)]), block);
        return crc == BinaryPrimitives.ReadUInt32LittleEndian(frame[sizeof(uint)..])
            ? block
            : throw Damaged(start, $"a block of {length} bytes found whose checksum is another");
    }

    private Codec<T> FindCodec(byte[] block)
    {
        try
        {
            var reader = new CodecReader(block);
            return ObjectFile.Codecs.Of<T>(CodecSchema.ReadFrom(ref reader));
        }
        catch (CorruptPayloadException failure)
        {
            throw Damaged(ObjectFile.HeaderBytes, "a schema expected, other bytes found", failure);
        }
        catch (SchemaException failure)
        {
            throw new SchemaException($"Object file {file}: {failure.Message}", failure);
        }
    }

    private void ReadRows(byte[] block, Codec<T> codec, List<T> rows, long start)
    {
        try
        {
            var reader = new CodecReader(block);
            RowBlock.Read(ref reader, codec, rows);
        }
        catch (CorruptPayloadException failure)
        {
            throw Damaged(start, $"rows expected in a block of {block.Length} bytes, other bytes found ({failure.Message.TrimEnd('.')})", failure);
        }
    }

    private CorruptPayloadException Damaged(long position, string found, Exception? cause = null) =>
        new($"Object file {file}, byte {position}: {found}; write the directory again, or use another copy.", cause);
}
