using System.Collections.Immutable;
using Millrace.Data;
using Millrace.Serialization;
using Millrace.TestInputs;
using static Millrace.Core.Tests.Serialization.CodecTestValues;

namespace Millrace.Core.Tests.Serialization;

/// <summary>Whatever the bytes are, they are a value or corrupt, and never cost more memory than their bound.</summary>
public sealed class CodecFuzzTests
{
    private const int InputsPerCodec = 2_500;

    private enum Kind : short { A = 1 }

    private sealed record Order(long Id, string? Name, Kind Kind, DateTime At, List<(string, int?)> Lines, Dictionary<string, decimal> Prices);

    private readonly record struct Wide(Guid A, Guid B, Guid C, Guid D, Guid E, Guid F, Guid G, Guid H);

    [Fact]
    public void Orders() => Fuzz(new Order(1, "a", Kind.A, DateTime.UnixEpoch, [("x", 1), ("y", null)], new() { ["p"] = 1.5m }));

    [Fact]
    public void Wide_items() => Fuzz(new Wide?[] { null, default(Wide), null });

    [Fact]
    public void Sorted_maps_of_sets() => Fuzz(new SortedDictionary<DateOnly, HashSet<string>> { [DateOnly.MaxValue] = ["a", "b"] });

    [Fact]
    public void Numbers() => Fuzz((true, 'c', (byte)1, (short)2, 3, 4L, 5UL, Int128.One, 1.5m, System.Numerics.BigInteger.One, (Half)2));

    [Fact]
    public void Times() => Fuzz(new[] { (DateTime.MaxValue, DateTimeOffset.MaxValue, TimeOnly.MaxValue, TimeSpan.MinValue) });

    [Fact]
    public void Nested_lists() => Fuzz<ImmutableArray<List<byte[]?>>>([[[1, 2], null], []]);

    [Fact]
    public void Texts() => Fuzz((new TextSlice("abc"), "é\uD800", new Option<string?>("d")));

    [Fact]
    public void Members_that_are_skipped() =>
        Fuzz(Catalog.Of<Tail>(Written<Full>()), Write(new Full([("a", new() { [1] = new(2) })], Guid.Empty, [1], 3, 4)));

    [Fact]
    public void Schemas()
    {
        using var writer = new CodecWriter();
        Catalog.Of<Order>().Schema.WriteTo(writer);
        Fuzz(writer.ToArray(), static bytes =>
        {
            var reader = new CodecReader(bytes);
            CodecSchema.ReadFrom(ref reader);
        });
    }

    [Fact]
    public void Programs_under_schemas_of_any_bytes()
    {
        using var writer = new CodecWriter();
        Catalog.Of<Order>().Schema.WriteTo(writer);
        var value = Write(new Order(1, "a", Kind.A, DateTime.UnixEpoch, [], []));
        Fuzz(writer.ToArray(), bytes =>
        {
            var reader = new CodecReader(bytes);
            try
            {
                Read(Catalog.Of<Order>(CodecSchema.ReadFrom(ref reader)), value);
            }
            catch (SchemaException)
            {
            }
        }, slackBytes: 1 << 20);
    }

    private static void Fuzz<T>(T value) => Fuzz(Catalog.Of<T>(), Write(value));

    private static void Fuzz<T>(Codec<T> codec, byte[] valid) => Fuzz(valid, bytes => Read(codec, bytes));

    private static void Fuzz(byte[] valid, Action<byte[]> read, int slackBytes = DamagedBytes.SlackBytes) =>
        DamagedBytes.Read(valid, InputsPerCodec, read, slackBytes: slackBytes);

    private sealed record Full(List<(string, Dictionary<int, Inner>)> Lines, Guid Key, byte[] Bytes, long? Count, long Last);

    private sealed record Inner(decimal Value);

    private sealed record Tail(long Last);
}
