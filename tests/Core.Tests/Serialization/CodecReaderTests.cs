using CsCheck;
using Millrace.Serialization;

namespace Millrace.Core.Tests.Serialization;

/// <summary>What the writer writes, the reader gives back; any other bytes are a value or one error, and never cost much memory.</summary>
public sealed class CodecReaderTests
{
    [Fact]
    public void Numbers_and_texts_come_back() =>
        Gen.Select(
            Gen.ULong, Gen.Long, Gen.UInt, Gen.Byte, Gen.String[Gen.Char['\0', '\uD7FF'], 0, 20].Null()).Sample((varint, zigZag, word, octet, text) =>
        {
            using var writer = new CodecWriter();
            writer.WriteVarint(varint);
            writer.WriteZigZag(zigZag);
            writer.WriteFixed32(word);
            writer.WriteFixed64(varint);
            writer.WriteByte(octet);
            writer.WriteText(text);

            var reader = new CodecReader(writer.WrittenSpan);

            Assert.Equal(varint, reader.ReadVarint());
            Assert.Equal(zigZag, reader.ReadZigZag());
            Assert.Equal(word, reader.ReadFixed32());
            Assert.Equal(varint, reader.ReadFixed64());
            Assert.Equal(octet, reader.ReadByte());
            Assert.Equal(text, reader.ReadText());
            reader.ExpectEnd();
        });

    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(300, "D804")]
    [InlineData(long.MaxValue, "FEFFFFFFFFFFFFFFFF01")]
    [InlineData(long.MinValue, "FFFFFFFFFFFFFFFFFF01")]
    public void Numbers_keep_their_bytes(long value, string hex)
    {
        using var writer = new CodecWriter();
        writer.WriteZigZag(value);
        Assert.Equal(hex, Convert.ToHexString(writer.WrittenSpan));
    }

    [Theory]
    [InlineData(null, "00")]
    [InlineData("", "01")]
    [InlineData("aé", "0461C3A9")]
    public void Texts_keep_their_bytes(string? value, string hex)
    {
        using var writer = new CodecWriter();
        writer.WriteText(value);
        Assert.Equal(hex, Convert.ToHexString(writer.WrittenSpan));
    }

    [Fact]
    public void A_reserved_length_is_filled_after_the_buffer_has_grown()
    {
        using var writer = new CodecWriter();
        var position = writer.ReserveFixed32();
        writer.WriteSpan(new byte[5000]);
        writer.PatchFixed32(position, 5000);
        Assert.Equal(5000u, new CodecReader(writer.WrittenSpan).ReadFixed32());
        Assert.Equal(5004, writer.WrittenCount);
    }

    [Fact]
    public void Any_string_comes_back_halves_of_surrogate_pairs_too() =>
        Gen.Int[0, 5].Select(Kind).Array[0, 12].Sample(chars =>
        {
            var text = new string(chars);
            using var writer = new CodecWriter();
            writer.WriteText(text);

            var reader = new CodecReader(writer.WrittenSpan);

            Assert.Equal(text, reader.ReadText(), StringComparer.Ordinal);
            reader.ExpectEnd();
        });

    [Fact]
    public void Half_of_a_surrogate_pair_has_the_three_bytes_of_its_number()
    {
        // Why no theory: the arguments of an attribute are UTF-8 themselves.
        (string Text, string Hex)[] cases = [("\uD800", "04EDA080"), ("a\uDFFFb", "0661EDBFBF62"), ("\uDC00\uD800", "07EDB080EDA080"), ("\U0001F600", "05F09F9880")];
        foreach (var (text, hex) in cases)
        {
            using var writer = new CodecWriter();
            writer.WriteText(text);
            Assert.Equal(hex, Convert.ToHexString(writer.WrittenSpan));
            Assert.Equal(text, new CodecReader(writer.WrittenSpan).ReadText(), StringComparer.Ordinal);
        }
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFF02", "A varint of at most 64 bits expected at byte 0, a longer one found; use another copy.")]
    [InlineData("80", "1 bytes expected at byte 1, 0 found; use another copy.")]
    [InlineData("FFFFFFFF07", "A length within the 0 remaining bytes expected at byte 0, 2147483646 found; use another copy.")]
    [InlineData("02FF", "UTF-8 expected at byte 0, other bytes found; use another copy.")]
    [InlineData("03EDA0", "UTF-8 expected at byte 0, other bytes found; use another copy.")]
    [InlineData("07EDA080EDB080", "UTF-8 expected at byte 0, other bytes found; use another copy.")]
    public void Damaged_texts_are_refused_in_one_line(string hex, string message)
    {
        var failure = Assert.Throws<CorruptPayloadException>(() => new CodecReader(Convert.FromHexString(hex)).ReadText());
        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public void A_length_counts_the_least_bytes_of_its_elements()
    {
        byte[] bytes = [3, 0, 0, 0, 0, 0];
        Assert.Equal(3, new CodecReader(bytes).ReadLength());
        Assert.Throws<CorruptPayloadException>(() => new CodecReader(bytes).ReadLength(2));
    }

    [Fact]
    public void Bytes_after_the_end_are_refused() =>
        Assert.Throws<CorruptPayloadException>(() => new CodecReader([0]).ExpectEnd());

    [Fact]
    public void Random_bytes_are_a_value_or_corrupt_and_never_cost_more_memory_than_their_bound()
    {
        var random = new Random(17);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            ReadAll(bytes);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (2 * bytes.Length) + 65_536);
        }
    }

    private static char Kind(int kind) => kind switch { 0 => '\uD800', 1 => '\uDBFF', 2 => '\uDC00', 3 => '\uDFFF', 4 => 'a', _ => '\u20AC' };

    private static void ReadAll(byte[] bytes)
    {
        try
        {
            var reader = new CodecReader(bytes);
            while (reader.Remaining > 0)
            {
                reader.ReadText();
                reader.ReadZigZag();
                reader.ReadSpan(reader.ReadLength());
            }
        }
        catch (CorruptPayloadException failure)
        {
            Assert.DoesNotContain('\n', failure.Message);
        }
    }
}
