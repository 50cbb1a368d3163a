using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Millrace.Chaos.Oracle;

/// <summary>Reads the segment files of a partition by the description of their bytes alone, from the first record to the last.</summary>
/// <remarks>
/// A header of 24 bytes: magic (8), first offset (8), salt (4), CRC-32C of those 20 (4). Then records: length (4), CRC-32C of salt, length and
/// payload (4), payload. Files are named by their first offset.
/// </remarks>
internal static class InputLog
{
    private const int HeaderBytes = 24;
    private const int FrameBytes = 8;

    public static IEnumerable<InputRecord> Read(string partition)
    {
        var offset = 0L;
        foreach (var path in Directory.GetFiles(partition, "*.log").Order(StringComparer.Ordinal))
        {
            var bytes = File.ReadAllBytes(path);
            var salt = ReadHeader(bytes, offset, path);
            for (var position = HeaderBytes; position < bytes.Length; offset++)
                yield return ReadRecord(bytes, ref position, salt, path);
        }
    }

    private static uint ReadHeader(byte[] bytes, long offset, string path)
    {
        if (bytes.Length < HeaderBytes || !bytes.AsSpan().StartsWith("MRLOG"u8) || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(20)) != Crc(0, bytes.AsSpan(0, 20)))
            throw Damaged(path, 0);
        var first = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8));
        if (first != offset || Path.GetFileNameWithoutExtension(path) != offset.ToString("D20", CultureInfo.InvariantCulture))
            throw new OracleException($"{path}: a segment that begins at record {offset} expected, one that begins at {first} found; the input is not whole.");
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(16));
    }

    private static InputRecord ReadRecord(byte[] bytes, ref int position, uint salt, string path)
    {
        var rest = bytes.AsSpan(position);
        if (rest.Length < FrameBytes || BinaryPrimitives.ReadInt32LittleEndian(rest) is var length && (length < 0 || length > rest.Length - FrameBytes))
            throw Damaged(path, position);
        var payload = rest.Slice(FrameBytes, BinaryPrimitives.ReadInt32LittleEndian(rest));
        if (BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]) != Crc(Crc(salt, rest[..4]), payload))
            throw Damaged(path, position);
        position += FrameBytes + payload.Length;
        return InputRecord.Parse(payload);
    }

    private static uint Crc(uint before, ReadOnlySpan<byte> bytes)
    {
        var crc = ~before;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    private static OracleException Damaged(string path, int position) => new($"{path}: an intact record expected at byte {position}, none found; the input is not whole.");
}
