using System.Collections.Immutable;
using System.Numerics;
using Millrace.Data;
using Millrace.Serialization;
using static Millrace.Core.Tests.Serialization.CodecTestValues;

namespace Millrace.Core.Tests.Serialization;

/// <summary>The bytes of values and schemas: checkpoints of every older version hold them, so they never change.</summary>
public sealed class CodecGoldenTests
{
    private enum Kind : short { A = 1 }

    private sealed record Order(long Id, string? Name, Kind Kind, Point? At);

    private readonly record struct Point(int X, int Y);

    [Fact]
    public void Values_keep_their_bytes()
    {
        Bytes("01", true);
        Bytes("C8", (byte)200);
        Bytes("03", (short)-2);
        Bytes("E901", 'é');
        Bytes("80897A", 1_000_000);
        Bytes("AC02", 300UL);
        Bytes("003E", (Half)1.5);
        Bytes("0000C03F", 1.5f);
        Bytes("000000000000F83F", 1.5);
        Bytes("96000000000000000000000000000200", 1.50m);
        Bytes("FEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", (Int128)(-2));
        Bytes("02E803", (BigInteger)1000);
        Bytes("0461C3A9", "aé");
        Bytes("0262", new TextSlice("abc", 1, 1));
        Bytes("030102", new byte[] { 1, 2 });
        Bytes("33221100554477668899AABBCCDDEEFF", new Guid("00112233-4455-6677-8899-aabbccddeeff"));
        Bytes("0080B5F7F57F9F48", DateTime.UnixEpoch);
        Bytes("80B7740AC238DC08B301", new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.FromMinutes(-90)));
        Bytes("808D2D", new DateOnly(2024, 2, 29));
        Bytes("80E8ABCA8A01", new TimeOnly(1, 2));
        Bytes("05", TimeSpan.FromTicks(-3));
        Bytes("02", Kind.A);
        Bytes("010A", (int?)5);
        Bytes("020261", (1, "a"));
        Bytes("030204", new List<int> { 1, 2 });
        Bytes("00", default(ImmutableArray<int>));
        Bytes("02026102", new Dictionary<string, int> { ["a"] = 1 });
        Bytes("010E0002010204", new Order(7, null, Kind.A, new(1, 2)));
        Bytes("0601", new Option<int>(3));
    }

    [Fact]
    public void Schemas_keep_their_bytes()
    {
        Schema<int>("0004696E7400", "int");
        Schema<Kind>("000B656E756D2073686F727400", "enum short");
        Schema<int?>("010101010004696E7400", "int?");
        Schema<string[]>("0201010100057465787400", "[text]");
        Schema<HashSet<DateTimeOffset>>("02010101000F6461746574696D656F666673657400", "[datetimeoffset]");
        Schema<Dictionary<string, int>>("0301020100057465787400010004696E7400", "[text: int]");
        Schema<(string, int)>("0401020100057465787400010004696E7400", "(text, int)");
        Schema<Point>("0506506F696E740202580004696E740002590004696E7400", "Point{X: int, Y: int}");
        Schema<Order>("0101010105064F726465720403496400056C6F6E6700054E616D6500057465787400054B696E64000B656E756D2073686F727400034174010101010506506F696E740202580004696E740002590004696E7400", "Order{Id: long, Name: text, Kind: enum short, At: Point{X: int, Y: int}?}?");
        Schema<Option<byte[]>>("050F4F7074696F6E3C427974655B5D3E02075F76616C756500066279746573000948617356616C75650005626F6F6C00", "Option<Byte[]>{_value: bytes, HasValue: bool}");
        Schema<KeyValuePair<Guid, decimal>>("0401020100056775696400010008646563696D616C00", "(guid, decimal)");
    }

    private static void Bytes<T>(string hex, T value)
    {
        Assert.Equal(hex, Convert.ToHexString(Write(value)));
        Assert.Equal(value, Read<T>(Convert.FromHexString(hex)));
    }

    private static void Schema<T>(string hex, string text)
    {
        using var writer = new CodecWriter();
        Catalog.Of<T>().Schema.WriteTo(writer);
        Assert.Equal(hex, Convert.ToHexString(writer.WrittenSpan));
        Assert.Equal(text, Written<T>().ToString());
        Assert.Equal(Catalog.Of<T>().Schema, Written<T>());
    }
}
