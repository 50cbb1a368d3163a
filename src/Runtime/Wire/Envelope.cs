using System.Buffers.Binary;
using Millrace.Serialization;

namespace Millrace.Runtime.Wire;

/// <summary>Surrounds a payload so that damage is seen before anything reads it.</summary>
/// <remarks>
/// Bytes: magic <c>4D 52</c> ("MR"), version <c>01</c>, length (4, little-endian), CRC32C (4, little-endian), payload.
/// The CRC covers version, length and payload, so a flipped bit in the header is seen as well.
/// </remarks>
internal static class Envelope
{
    internal const int HeaderBytes = 11;

    /// <summary>The most bytes of payload: 16 MB.</summary>
    internal const int PayloadBytesMax = 16 * 1024 * 1024;

    private const byte Version = 1;
    private const int VersionAt = 2;
    private const int LengthAt = 3;
    private const int CrcAt = 7;

    private static ReadOnlySpan<byte> Magic => "MR"u8;

    /// <exception cref="ArgumentOutOfRangeException">The payload is longer than 16 MB.</exception>
    internal static void Write(CodecWriter writer, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, PayloadBytesMax);
        Span<byte> header = stackalloc byte[HeaderBytes];
        Magic.CopyTo(header);
        header[VersionAt] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(header[LengthAt..], payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[CrcAt..], Crc(header, payload));
        writer.WriteSpan(header);
        writer.WriteSpan(payload);
    }

    /// <summary>The payload within <paramref name="bytes"/>, not copied.</summary>
    /// <exception cref="CorruptPayloadException">The bytes are not exactly one undamaged envelope of a known version.</exception>
    internal static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes)
            throw new CorruptPayloadException(
                $"An envelope of at least {HeaderBytes} bytes expected, {bytes.Length} found; use another copy.");
        if (!bytes.StartsWith(Magic))
            throw new CorruptPayloadException(
                $"Envelope magic 4D52 expected, {Convert.ToHexString(bytes[..Magic.Length])} found; use another copy.");
        if (bytes[VersionAt] != Version)
            throw new CorruptPayloadException(
                $"Envelope version {Version} expected, {bytes[VersionAt]} found; read it with the release that wrote it.");
        var payload = bytes[HeaderBytes..];
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[LengthAt..]);
        if (length != (uint)payload.Length || length > PayloadBytesMax)
            throw new CorruptPayloadException(
                $"Envelope payload of {length} bytes (at most {PayloadBytesMax}) expected, {payload.Length} found; use another copy.");
        var written = BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcAt..]);
        var computed = Crc(bytes, payload);
        if (written != computed)
            throw new CorruptPayloadException($"Envelope CRC32C {written:X8} expected, {computed:X8} found; use another copy.");
        return payload;
    }

    private static uint Crc(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        Crc32C.Append(Crc32C.Of(header[VersionAt..CrcAt]), payload);
}
