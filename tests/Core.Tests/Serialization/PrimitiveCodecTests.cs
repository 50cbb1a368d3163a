using System.Numerics;
using CsCheck;
using Millrace.Data;
using static Millrace.Core.Tests.Serialization.CodecTestValues;

namespace Millrace.Core.Tests.Serialization;

/// <summary>Every primitive comes back as it was, at its limits and between them.</summary>
public sealed class PrimitiveCodecTests
{
    private enum Bytes : byte { One = 1 }

    private enum SignedBytes : sbyte { One = 1 }

    private enum Shorts : short { One = 1 }

    private enum UnsignedShorts : ushort { One = 1 }

    private enum Ints { One = 1 }

    private enum UnsignedInts : uint { One = 1 }

    private enum Longs : long { One = 1 }

    private enum UnsignedLongs : ulong { One = 1 }

    [Fact]
    public void Integers_come_back_at_their_limits()
    {
        All(byte.MinValue, byte.MaxValue);
        All(sbyte.MinValue, (sbyte)0, sbyte.MaxValue);
        All(short.MinValue, (short)0, short.MaxValue);
        All(ushort.MinValue, ushort.MaxValue);
        All(int.MinValue, -1, 0, int.MaxValue);
        All(uint.MinValue, uint.MaxValue);
        All(long.MinValue, -1L, 0L, long.MaxValue);
        All(ulong.MinValue, ulong.MaxValue);
        All(Int128.MinValue, Int128.NegativeOne, Int128.MaxValue);
        All(UInt128.MinValue, UInt128.One, UInt128.MaxValue);
        All(BigInteger.Zero, BigInteger.MinusOne, BigInteger.Pow(7, 300), -BigInteger.Pow(7, 300));
        All(char.MinValue, '\uD800', char.MaxValue);
        All(false, true);
    }

    [Fact]
    public void Fractions_come_back_bit_by_bit()
    {
        foreach (var value in new[] { 0.0, -0.0, double.Epsilon, double.MaxValue, double.NegativeInfinity, double.NaN, BitConverter.UInt64BitsToDouble(0x7FF8000000000123) })
            Assert.Equal(BitConverter.DoubleToUInt64Bits(value), BitConverter.DoubleToUInt64Bits(Back(value)));
        foreach (var value in new[] { 0f, -0f, float.Epsilon, float.MinValue, float.NaN })
            Assert.Equal(BitConverter.SingleToUInt32Bits(value), BitConverter.SingleToUInt32Bits(Back(value)));
        foreach (var value in new[] { Half.Zero, Half.NegativeZero, Half.Epsilon, Half.MaxValue, Half.NaN })
            Assert.Equal(BitConverter.HalfToUInt16Bits(value), BitConverter.HalfToUInt16Bits(Back(value)));
        foreach (var value in new[] { 0m, 1.0m, 1.00m, decimal.MinValue, decimal.MaxValue, 0.0000000000000000000000000001m })
            Assert.Equal(decimal.GetBits(value), decimal.GetBits(Back(value)));
    }

    [Fact]
    public void Times_come_back_at_their_limits_with_kind_and_offset()
    {
        foreach (var kind in Enum.GetValues<DateTimeKind>())
        {
            foreach (var ticks in new[] { 0, 1, DateTime.MaxValue.Ticks })
            {
                var back = Back(new DateTime(ticks, kind));
                Assert.Equal((ticks, kind), (back.Ticks, back.Kind));
            }
        }

        foreach (var value in new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue, new(2024, 2, 29, 1, 2, 3, TimeSpan.FromHours(-14)), new(2024, 2, 29, 1, 2, 3, TimeSpan.FromMinutes(330)) })
            Assert.Equal((value, value.Offset), (Back(value), Back(value).Offset));
        All(DateOnly.MinValue, DateOnly.MaxValue);
        All(TimeOnly.MinValue, TimeOnly.MaxValue);
        All(TimeSpan.MinValue, TimeSpan.Zero, TimeSpan.MaxValue);
    }

    [Fact]
    public void Texts_bytes_and_ids_come_back()
    {
        All<string?>(null, "", "a", "é\0\n", "\uD83D\uDE00", "\uDE00\uD83D", new string('x', 100_000));
        All<byte[]?>(null, [], [0, 255]);
        All(Guid.Empty, new Guid("00112233-4455-6677-8899-aabbccddeeff"));
        All(default(TextSlice), new TextSlice("a word of a line", 2, 4), new TextSlice("\uD800"));
    }

    [Fact]
    public void Enumerations_come_back_named_or_not()
    {
        All(Bytes.One, (Bytes)byte.MaxValue);
        All(SignedBytes.One, (SignedBytes)sbyte.MinValue);
        All(Shorts.One, (Shorts)short.MinValue);
        All(UnsignedShorts.One, (UnsignedShorts)ushort.MaxValue);
        All(Ints.One, (Ints)int.MinValue);
        All(UnsignedInts.One, (UnsignedInts)uint.MaxValue);
        All(Longs.One, (Longs)long.MinValue);
        All(UnsignedLongs.One, (UnsignedLongs)ulong.MaxValue);
    }

    [Fact]
    public void Nullables_come_back()
    {
        All<int?>(null, 0, -1);
        All<Shorts?>(null, Shorts.One);
        All<Guid?>(null, Guid.Empty);
        All<(int, string?)?>(null, (1, null));
    }

    [Fact]
    public void Any_number_comes_back() =>
        Gen.Select(Gen.Long, Gen.ULong, Gen.Int, Gen.Short, Gen.Double, Gen.Decimal, Gen.DateTime).Sample((a, b, c, d, e, f, g) =>
        {
            var value = (a, b, c, d, BitConverter.DoubleToInt64Bits(e), f, g);
            Assert.Equal(value, Back(value));
        });

    [Fact]
    public void Any_enumeration_nullable_or_char_comes_back() =>
        Gen.Select(Gen.Int, Gen.Byte, Gen.Int.Nullable(), Gen.Char).Sample((a, b, c, d) =>
        {
            var value = ((Ints)a, (Bytes)b, c, d);
            Assert.Equal(value, Back(value));
        });

    private static void All<T>(params T[] values)
    {
        foreach (var value in values)
            Assert.Equal(value, Back(value));
    }
}
