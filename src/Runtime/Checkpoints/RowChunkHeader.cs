using System.Buffers.Binary;
using Millrace.Serialization;

namespace Millrace.Runtime.Checkpoints;

/// <summary>The first 20 bytes of every chunk of a durable row.</summary>
/// <remarks>
/// <code>
/// offset size
///      0    2  magic: 'M' 'R'
///      2    1  format version: 1
///      3    1  kind of the row
///      4    4  index of the chunk, from 0          (integers are little-endian)
///      8    4  chunks of the row
///     12    4  bytes behind the header
///     16    4  CRC-32C of bytes 0..15 and of all behind the header
/// </code>
/// Everything is checked before a byte behind the header is believed.
/// </remarks>
internal readonly record struct RowChunkHeader(RowKind Kind, int Index, int Count, int Length)
{
    public const int Size = 20;
    public const byte Version = 1;
    private const int VersionAt = 2;
    private const int CrcAt = 16;

    public static ReadOnlySpan<byte> Magic => "MR"u8;

    /// <summary>Writes the header of a chunk whose other bytes stand behind it.</summary>
    public void Write(Span<byte> chunk)
    {
        Magic.CopyTo(chunk);
        chunk[VersionAt] = Version;
        chunk[3] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(chunk[4..], Index);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[8..], Count);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[12..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[CrcAt..], Checksum(chunk));
    }

    /// <exception cref="RowFormatException">The chunk is damaged, or written by a later version.</exception>
    public static RowChunkHeader Read(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < Size || !chunk.StartsWith(Magic))
            throw new RowFormatException($"a row of Millrace expected, {chunk.Length} other bytes found");

        // Why before the checksum: a later version may place even that elsewhere.
        if (chunk[VersionAt] > Version)
            throw new RowFormatException($"format version {Version} expected, version {chunk[VersionAt]} found", "start it with the newer Millrace that wrote it");
        if (chunk[VersionAt] != Version)
            throw new RowFormatException($"format version {Version} expected, version {chunk[VersionAt]} found");
        var header = new RowChunkHeader(
            (RowKind)chunk[3],
            BinaryPrimitives.ReadInt32LittleEndian(chunk[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(chunk[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(chunk[12..]));
        if (header.Length != chunk.Length - Size)
            throw new RowFormatException($"{header.Length} bytes expected, {chunk.Length - Size} found");
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(chunk[CrcAt..]);
        if (crc != Checksum(chunk))
            throw new RowFormatException($"checksum {crc:x8} expected, {Checksum(chunk):x8} found");
        if (!Enum.IsDefined(header.Kind))
            throw new RowFormatException($"a known kind of row expected, kind {(byte)header.Kind} found");
        if (header.Index < 0 || header.Index >= header.Count)
            throw new RowFormatException($"a chunk within 0..{header.Count - 1} expected, chunk {header.Index} found");
        return header;
    }

    private static uint Checksum(ReadOnlySpan<byte> chunk) => Crc32C.Append(Crc32C.Of(chunk[..CrcAt]), chunk[Size..]);
}
