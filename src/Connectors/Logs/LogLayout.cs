using System.Buffers.Binary;
using Millrace.Serialization;

namespace Millrace.Connectors.Logs;

/// <summary>The bytes of a segment file, all numbers little-endian.</summary>
/// <remarks><code>
/// header  magic "MRLOG" 0 0 1 (8) · first offset (8) · salt (4) · CRC-32C of the 20 bytes before (4)
/// record  length (4) · CRC-32C of salt, length and payload (4) · payload
/// index   offset (8) · position (4) · CRC-32C of salt, offset and position (4); an entry for a record every 64 KB
/// </code>The salt is drawn for each segment, so that a payload that holds records of a log is never taken for records.</remarks>
internal static class LogLayout
{
    public const int HeaderBytes = 24;
    public const int FrameBytes = 8;
    public const int IndexEntryBytes = 16;
    public const int IndexSpacingBytes = 64 << 10;
    public const int RecordBytesMax = 16 << 20;

    private const int SaltAt = 16;
    private const int HeaderCrcAt = 20;

    private static ReadOnlySpan<byte> Magic => [(byte)'M', (byte)'R', (byte)'L', (byte)'O', (byte)'G', 0, 0, 1];

    public static byte[] Header(long first, uint salt)
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(Magic.Length), first);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(SaltAt), salt);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(HeaderCrcAt), Crc32C.Of(header.AsSpan(0, HeaderCrcAt)));
        return header;
    }

    /// <summary>The salt, where the bytes are the header of the segment that begins at <paramref name="first"/>.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, long first, out uint salt)
    {
        salt = 0;
        if (header.Length < HeaderBytes || !header.StartsWith(Magic)
            || BinaryPrimitives.ReadInt64LittleEndian(header[Magic.Length..]) != first
            || BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderCrcAt..]) != Crc32C.Of(header[..HeaderCrcAt]))
        {
            return false;
        }

        salt = BinaryPrimitives.ReadUInt32LittleEndian(header[SaltAt..]);
        return true;
    }

    public static void WriteRecord(Span<byte> target, ReadOnlySpan<byte> payload, uint salt)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, payload.Length);
        payload.CopyTo(target[FrameBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[sizeof(int)..], CrcOf(target[..sizeof(int)], payload, salt));
    }

    /// <summary>Whether the frame, given with its whole payload, is what was written.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> record, uint salt) =>
        BinaryPrimitives.ReadUInt32LittleEndian(record[sizeof(int)..]) == CrcOf(record[..sizeof(int)], record[FrameBytes..], salt);

    public static void WriteIndexEntry(Span<byte> target, long offset, int position, uint salt)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, offset);
        BinaryPrimitives.WriteInt32LittleEndian(target[sizeof(long)..], position);
        BinaryPrimitives.WriteUInt32LittleEndian(target[(sizeof(long) + sizeof(int))..], Crc32C.Append(salt, target[..(sizeof(long) + sizeof(int))]));
    }

    public static bool TryReadIndexEntry(ReadOnlySpan<byte> entry, uint salt, out long offset, out int position)
    {
        offset = BinaryPrimitives.ReadInt64LittleEndian(entry);
        position = BinaryPrimitives.ReadInt32LittleEndian(entry[sizeof(long)..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(entry[(sizeof(long) + sizeof(int))..]) == Crc32C.Append(salt, entry[..(sizeof(long) + sizeof(int))]);
    }

    private static uint CrcOf(ReadOnlySpan<byte> length, ReadOnlySpan<byte> payload, uint salt) => Crc32C.Append(Crc32C.Append(salt, length), payload);
}
