using System.Buffers.Binary;
using System.Globalization;
using Millrace.Chaos.Oracle;

namespace Millrace.Chaos.Tests.Oracle;

/// <summary>Writes segments of a log for tests, bit by bit.</summary>
internal static class SegmentFile
{
    private const uint Polynomial = 0x82F63B78;

    public static string Write(string partition, long first, params InputRecord[] records)
    {
        Directory.CreateDirectory(partition);
        var path = Path.Combine(partition, first.ToString("D20", CultureInfo.InvariantCulture) + ".log");
        const uint salt = 0xC0FFEE;
        var header = new byte[24];
        "MRLOG\0\0\u0001"u8.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), first);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), salt);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), Crc(0, header.AsSpan(0, 20)));
        File.WriteAllBytes(path, [.. header, .. records.SelectMany(record => Frame(Payload(record), salt))]);
        return path;
    }

    private static byte[] Frame(byte[] payload, uint salt)
    {
        var frame = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Crc(salt, [.. frame[..4], .. payload]));
        return [.. frame, .. payload];
    }

    private static byte[] Payload(InputRecord record)
    {
        var payload = new byte[InputRecord.Bytes];
        BinaryPrimitives.WriteInt32LittleEndian(payload, record.Source);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(4), record.Key);
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(8), record.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(16), record.Value);
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(24), record.TimeMs);
        return payload;
    }

    private static uint Crc(uint before, ReadOnlySpan<byte> bytes)
    {
        var crc = ~before;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * Polynomial);
        }

        return ~crc;
    }
}
