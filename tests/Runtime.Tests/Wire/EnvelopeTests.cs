using Millrace.Runtime.Wire;
using Millrace.Serialization;

namespace Millrace.Runtime.Tests.Wire;

/// <summary>An envelope gives back its payload, or says what is wrong with it.</summary>
public sealed class EnvelopeTests
{
    [Fact]
    public void The_payload_comes_back() => Assert.Equal("123456789"u8, Envelope.Open(Wrap("123456789"u8)));

    [Fact]
    public void An_empty_payload_comes_back() => Assert.True(Envelope.Open(Wrap([])).IsEmpty);

    [Fact]
    public void The_format_keeps_its_bytes()
    {
        var bytes = Wrap([]);
        Assert.Equal("4D52" + "01" + "00000000", Convert.ToHexString(bytes.AsSpan(0, 7)));
        Assert.Equal(Crc32CByDefinition([1, 0, 0, 0, 0]), BitConverter.ToUInt32(bytes, 7));
    }

    [Fact]
    public void The_checksum_is_crc32c() => Assert.Equal(
        Crc32CByDefinition([1, 9, 0, 0, 0, .. "123456789"u8]), BitConverter.ToUInt32(Wrap("123456789"u8), 7));

    [Fact]
    public void A_newer_version_is_refused()
    {
        var bytes = Wrap([1, 2, 3]);
        bytes[2] = 2;
        Assert.Equal("Envelope version 1 expected, 2 found; read it with the release that wrote it.", Refusal(bytes));
    }

    [Fact]
    public void A_cut_payload_is_refused() => Assert.Equal(
        "Envelope payload of 3 bytes (at most 16777216) expected, 2 found; use another copy.", Refusal(Wrap([1, 2, 3])[..^1]));

    [Fact]
    public void A_cut_header_is_refused() =>
        Assert.Equal("An envelope of at least 11 bytes expected, 4 found; use another copy.", Refusal(Wrap([])[..4]));

    [Fact]
    public void A_flipped_bit_of_the_payload_is_refused()
    {
        var bytes = Wrap([1, 2, 3]);
        bytes[^1] ^= 4;
        Assert.StartsWith("Envelope CRC32C ", Refusal(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_flipped_bit_anywhere_is_refused()
    {
        var bytes = Wrap([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.DoesNotContain('\n', Refusal(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static byte[] Wrap(ReadOnlySpan<byte> payload)
    {
        using var writer = new CodecWriter();
        Envelope.Write(writer, payload);
        return writer.ToArray();
    }

    private static string Refusal(byte[] bytes) =>
        Assert.Throws<CorruptPayloadException>(() => { Envelope.Open(bytes); }).Message;

    private static uint Crc32CByDefinition(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
        }
        return ~crc;
    }
}
