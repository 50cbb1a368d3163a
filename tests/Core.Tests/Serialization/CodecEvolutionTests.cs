using Millrace.Serialization;
using static Millrace.Core.Tests.Serialization.CodecTestValues;

namespace Millrace.Core.Tests.Serialization;

/// <summary>What an older program wrote is read by a newer one, where the change can be understood; else it is refused, and says where.</summary>
public sealed class CodecEvolutionTests
{
    private enum Small : byte { A = 1 }

    private enum Large { A = 1 }

    [Fact]
    public void A_new_member_that_may_be_null_is_null() =>
        Assert.Equal(new V2.Nullable(1, null, null), Evolve<V1.One, V2.Nullable>(new(1)));

    [Fact]
    public void A_new_member_has_the_default_of_its_constructor_s_parameter() =>
        Assert.Equal(new V2.Defaulted(1), Evolve<V1.One, V2.Defaulted>(new(1)));

    [Fact]
    public void A_member_that_is_gone_is_left_out() =>
        Assert.Equal(new V2.Ends(1, "end"), Evolve<V1.Wide, V2.Ends>(V1.Wide.Sample));

    [Fact]
    public void Members_may_stand_in_another_order() =>
        Assert.Equal(new V2.Reordered("b", 1), Evolve<V1.Pair, V2.Reordered>(new(1, "b")));

    [Fact]
    public void A_value_may_become_nullable_in_members_lists_maps_and_tuples()
    {
        Assert.Equal(new V2.NullableId(1, "b"), Evolve<V1.Pair, V2.NullableId>(new(1, "b")));
        Assert.Equal([1, 2], Evolve<int[], List<int?>>([1, 2]));
        Assert.Equal((1, 2L), Evolve<(int, long), (int?, long)>((1, 2)));
        Assert.Equal(new Dictionary<string, int?> { ["a"] = 1 }, Evolve<Dictionary<string, int>, Dictionary<string, int?>>(new() { ["a"] = 1 }));
        Assert.Equal(5, Evolve<int, int?>(5));
    }

    [Fact]
    public void Changes_deep_inside_are_read() =>
        Assert.Equal([(1, new V2.Nullable(3, null, null))], Evolve<List<(int, V1.One)>, (int, V2.Nullable)[]>([(1, new(3))]));

    [Fact]
    public void Types_may_have_other_names() => Assert.Equal(new V2.Renamed(3), Evolve<V1.One, V2.Renamed>(new(3)));

    [Fact]
    public void A_value_of_an_older_schema_is_followed_by_the_next()
    {
        var codec = Catalog.Of<V2.Ends>(Written<V1.Wide>());
        byte[] twice = [.. Write(V1.Wide.Sample), .. Write(V1.Wide.Sample with { Last = "next" })];
        var reader = new CodecReader(twice);
        Assert.Equal(("end", "next"), (codec.Read(ref reader).Last, codec.Read(ref reader).Last));
        reader.ExpectEnd();
    }

    [Fact]
    public void The_same_schema_gives_the_same_codec() => Assert.Same(Catalog.Of<V1.Pair>(), Catalog.Of<V1.Pair>(Written<V1.Pair>()));

    [Fact]
    public void Changed_types_are_refused()
    {
        Refused<V1.Pair, V2.LongId>("LongId.Id: int written, long expected.");
        Refused<V1.Lined, V2.Lined>("Lined.Lines[].Id: int written, long expected.");
        Refused<int, string>("String: int written, text expected.");
        Refused<Small, Large>("Large: enum byte written, enum int expected.");
        Refused<Small, byte>("Byte: enum byte written, byte expected.");
    }

    [Fact]
    public void What_could_be_null_can_t_become_a_value()
    {
        Refused<int?, int>("Int32: int? written, int expected.");
        Refused<V2.NullableId, V1.Pair>("Pair.Id: int? written, int expected.");
        Refused<V1.One, V2.Struct>("Struct: One{Id: int}? written, Struct expected.");
    }

    [Fact]
    public void Other_shapes_are_refused()
    {
        Refused<(int, int), (int, int, int)>("ValueTuple<Int32, Int32, Int32>: (int, int) written, a tuple of 3 expected.");
        Refused<int[], Dictionary<int, int>>("Dictionary<Int32, Int32>: [int] written, a map expected.");
        Refused<Dictionary<int, int>, int[]>("Int32[]: [int: int] written, a list expected.");
        Refused<V2.Struct, V1.One>("One: Struct{Id: int} written, One expected.");
        Refused<(int, string), V1.Pair>("Pair: (int, text) written, Pair expected.");
        Refused<V1.Pair, ValueTuple<int, string>>("ValueTuple<Int32, String>: Pair{Id: int, Name: text}? written, a tuple expected.");
        Refused<(int, long)[], (int, int)[]>("ValueTuple<Int32, Int32>[][].Item2: long written, int expected.");
    }

    [Fact]
    public void A_new_member_without_a_default_is_refused() =>
        Refused<V1.One, V1.Pair>("Pair.Name: not written, String expected; make it nullable, or give its constructor parameter a default.");

    private static void Refused<TOld, TNew>(string message) =>
        Assert.Equal(message, Assert.Throws<SchemaException>(() => Catalog.Of<TNew>(Written<TOld>())).Message);

    private static class V1
    {
        public sealed record One(int Id);

        public sealed record Pair(int Id, string Name);

        public sealed record Lined(List<Pair> Lines);

        public sealed record Wide(int Id, bool Flag, Small Kind, Half Half, float Single, double Double, decimal Decimal, Int128 Int128, Guid Guid, System.Numerics.BigInteger Big,
            string? Text, byte[]? Bytes, byte[]? NoBytes, DateTime At, DateTimeOffset Offset, DateOnly Date, TimeOnly Time, TimeSpan Span, int? None, int? Some, List<long>? List,
            List<long>? NoList, Dictionary<string, (int, One?)> Map, One? Nested, char Char, string Last)
        {
            public static Wide Sample => new(1, true, Small.A, (Half)1, 2, 3, 4, 5, Guid.Empty, System.Numerics.BigInteger.Pow(9, 99), "text", [1, 2], null, DateTime.UnixEpoch,
                DateTimeOffset.UnixEpoch, DateOnly.MaxValue, TimeOnly.MaxValue, TimeSpan.MinValue, null, 6, [7, 8], null, new() { ["a"] = (9, new(10)), ["b"] = (11, null) }, null, 'c', "end");
        }
    }

    private static class V2
    {
        public sealed record Nullable(int Id, string? Text, int? Number);

        public sealed record Defaulted(int Id, string Text = "none", int Number = 7, Large Kind = Large.A, Large? Kinds = Large.A, decimal Price = 1.5m, Guid Key = default, int? Limit = 3);

        public sealed record Ends(int Id, string Last);

        public sealed record Reordered(string Name, int Id);

        public sealed record NullableId(int? Id, string Name);

        public sealed record Renamed(int Id);

        public sealed record LongId(long Id, string Name);

        public sealed record Lined(List<LongId> Lines);

        public readonly record struct Struct(int Id);
    }
}
