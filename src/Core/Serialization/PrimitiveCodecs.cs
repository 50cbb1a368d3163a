using System.Buffers.Binary;
using System.Numerics;
using Millrace.Data;

namespace Millrace.Serialization;

/// <summary>The codecs of numbers, texts and times. Integers are zigzag varints, so that small ones are short; fractions have their bits.</summary>
internal static class PrimitiveCodecs
{
    private const int KindShift = 62;

    private static readonly Dictionary<Type, object> Codecs = new()
    {
        [typeof(bool)] = new PrimitiveCodec<bool>("bool", static (w, v) => w.WriteByte(v ? (byte)1 : (byte)0), static (ref r) => r.ReadFlag()),
        [typeof(byte)] = new PrimitiveCodec<byte>("byte", static (w, v) => w.WriteByte(v), static (ref r) => r.ReadByte()),
        [typeof(sbyte)] = new PrimitiveCodec<sbyte>("sbyte", static (w, v) => w.WriteByte((byte)v), static (ref r) => (sbyte)r.ReadByte()),
        [typeof(short)] = new PrimitiveCodec<short>("short", static (w, v) => w.WriteZigZag(v), static (ref r) => (short)Within(r.ReadZigZag(), short.MinValue, short.MaxValue)),
        [typeof(ushort)] = new PrimitiveCodec<ushort>("ushort", static (w, v) => w.WriteVarint(v), static (ref r) => (ushort)Within(r.ReadVarint(), ushort.MaxValue)),
        [typeof(int)] = new PrimitiveCodec<int>("int", static (w, v) => w.WriteZigZag(v), static (ref r) => (int)Within(r.ReadZigZag(), int.MinValue, int.MaxValue)),
        [typeof(uint)] = new PrimitiveCodec<uint>("uint", static (w, v) => w.WriteVarint(v), static (ref r) => (uint)Within(r.ReadVarint(), uint.MaxValue)),
        [typeof(long)] = new PrimitiveCodec<long>("long", static (w, v) => w.WriteZigZag(v), static (ref r) => r.ReadZigZag()),
        [typeof(ulong)] = new PrimitiveCodec<ulong>("ulong", static (w, v) => w.WriteVarint(v), static (ref r) => r.ReadVarint()),
        [typeof(char)] = new PrimitiveCodec<char>("char", static (w, v) => w.WriteVarint(v), static (ref r) => (char)Within(r.ReadVarint(), char.MaxValue)),
        [typeof(Half)] = new PrimitiveCodec<Half>("half", WriteHalf, static (ref r) => BinaryPrimitives.ReadHalfLittleEndian(r.ReadSpan(2))),
        [typeof(float)] = new PrimitiveCodec<float>("float", static (w, v) => w.WriteFixed32(BitConverter.SingleToUInt32Bits(v)), static (ref r) => BitConverter.UInt32BitsToSingle(r.ReadFixed32())),
        [typeof(double)] = new PrimitiveCodec<double>("double", static (w, v) => w.WriteFixed64(BitConverter.DoubleToUInt64Bits(v)), static (ref r) => BitConverter.UInt64BitsToDouble(r.ReadFixed64())),
        [typeof(decimal)] = new PrimitiveCodec<decimal>("decimal", WriteDecimal, static (ref r) => ReadDecimal(ref r)),
        [typeof(Int128)] = new PrimitiveCodec<Int128>("int128", static (w, v) => WriteWide(w, (UInt128)v), static (ref r) => (Int128)ReadWide(ref r)),
        [typeof(UInt128)] = new PrimitiveCodec<UInt128>("uint128", WriteWide, static (ref r) => ReadWide(ref r)),
        [typeof(BigInteger)] = new PrimitiveCodec<BigInteger>("bigint", WriteBigInteger, static (ref r) => new BigInteger(r.ReadSpan(r.ReadLength()))),
        [typeof(string)] = new PrimitiveCodec<string?>("text", static (w, v) => w.WriteText(v), static (ref r) => r.ReadText()),
        [typeof(TextSlice)] = new PrimitiveCodec<TextSlice>("text", static (w, v) => w.WriteText(v.AsSpan()), static (ref r) => new TextSlice(r.ReadText())),
        [typeof(byte[])] = new PrimitiveCodec<byte[]?>("bytes", WriteByteArray, static (ref r) => ReadByteArray(ref r)),
        [typeof(Guid)] = new PrimitiveCodec<Guid>("guid", WriteGuid, static (ref r) => new Guid(r.ReadSpan(16))),
        [typeof(DateTime)] = new PrimitiveCodec<DateTime>("datetime", static (w, v) => w.WriteFixed64((ulong)v.Ticks | ((ulong)v.Kind << KindShift)), static (ref r) => ReadDateTime(ref r)),
        [typeof(DateTimeOffset)] = new PrimitiveCodec<DateTimeOffset>("datetimeoffset", WriteDateTimeOffset, static (ref r) => ReadDateTimeOffset(ref r)),
        [typeof(DateOnly)] = new PrimitiveCodec<DateOnly>("date", static (w, v) => w.WriteVarint((ulong)v.DayNumber), static (ref r) => DateOnly.FromDayNumber((int)Within(r.ReadVarint(), (ulong)DateOnly.MaxValue.DayNumber))),
        [typeof(TimeOnly)] = new PrimitiveCodec<TimeOnly>("time", static (w, v) => w.WriteVarint((ulong)v.Ticks), static (ref r) => new TimeOnly((long)Within(r.ReadVarint(), (ulong)TimeOnly.MaxValue.Ticks))),
        [typeof(TimeSpan)] = new PrimitiveCodec<TimeSpan>("timespan", static (w, v) => w.WriteZigZag(v.Ticks), static (ref r) => new TimeSpan(r.ReadZigZag())),
    };

    /// <summary>The codec of a type, or null when it is no primitive.</summary>
    public static Codec<T>? Find<T>() => (Codec<T>?)Codecs.GetValueOrDefault(typeof(T));

    private static long Within(long value, long min, long max) =>
        value >= min && value <= max ? value : throw new CorruptPayloadException($"A number from {min} to {max} expected, {value} found; use another copy.");

    private static ulong Within(ulong value, ulong max) =>
        value <= max ? value : throw new CorruptPayloadException($"A number up to {max} expected, {value} found; use another copy.");

    private static void WriteHalf(CodecWriter writer, Half value)
    {
        BinaryPrimitives.WriteHalfLittleEndian(writer.GetSpan(sizeof(ushort)), value);
        writer.Advance(sizeof(ushort));
    }

    private static void WriteWide(CodecWriter writer, UInt128 value)
    {
        writer.WriteFixed64((ulong)value);
        writer.WriteFixed64((ulong)(value >> 64));
    }

    private static UInt128 ReadWide(ref CodecReader reader)
    {
        var low = reader.ReadFixed64();
        return new(reader.ReadFixed64(), low);
    }

    private static void WriteBigInteger(CodecWriter writer, BigInteger value)
    {
        var length = value.GetByteCount();
        writer.WriteVarint((ulong)length);
        value.TryWriteBytes(writer.GetSpan(length), out _);
        writer.Advance(length);
    }

    private static void WriteGuid(CodecWriter writer, Guid value)
    {
        value.TryWriteBytes(writer.GetSpan(16));
        writer.Advance(16);
    }

    private static void WriteByteArray(CodecWriter writer, byte[]? bytes)
    {
        writer.WriteVarint(bytes is null ? 0 : (ulong)bytes.Length + 1);
        writer.WriteSpan(bytes);
    }

    private static byte[]? ReadByteArray(ref CodecReader reader)
    {
        var length = reader.ReadListLength();
        return length < 0 ? null : reader.ReadSpan(length).ToArray();
    }

    private static void WriteDecimal(CodecWriter writer, decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        foreach (var part in parts)
            writer.WriteFixed32((uint)part);
    }

    private static decimal ReadDecimal(ref CodecReader reader)
    {
        Span<int> parts = stackalloc int[4];
        foreach (ref var part in parts)
            part = (int)reader.ReadFixed32();
        try
        {
            return new decimal(parts);
        }
        catch (ArgumentException failure)
        {
            throw new CorruptPayloadException($"A decimal expected before byte {reader.Position}, other bytes found; use another copy.", failure);
        }
    }

    private static DateTime ReadDateTime(ref CodecReader reader)
    {
        var bits = reader.ReadFixed64();
        var (ticks, kind) = (bits & ((1UL << KindShift) - 1), bits >> KindShift);
        return ticks <= (ulong)DateTime.MaxValue.Ticks && kind <= (ulong)DateTimeKind.Local
            ? new((long)ticks, (DateTimeKind)kind)
            : throw new CorruptPayloadException($"A time expected before byte {reader.Position}, {ticks} ticks of kind {kind} found; use another copy.");
    }

    private static void WriteDateTimeOffset(CodecWriter writer, DateTimeOffset value)
    {
        writer.WriteFixed64((ulong)value.Ticks);
        writer.WriteZigZag(value.TotalOffsetMinutes);
    }

    private static DateTimeOffset ReadDateTimeOffset(ref CodecReader reader)
    {
        var (ticks, minutes) = ((long)reader.ReadFixed64(), reader.ReadZigZag());
        try
        {
            return new(ticks, TimeSpan.FromMinutes(Within(minutes, -14 * 60, 14 * 60)));
        }
        catch (ArgumentException failure)
        {
            throw new CorruptPayloadException($"A time expected before byte {reader.Position}, {ticks} ticks with an offset of {minutes} minutes found; use another copy.", failure);
        }
    }
}
