using Millrace.Runtime.Wire;
using Millrace.Serialization;
using Millrace.TestInputs;

namespace Millrace.Runtime.Tests.Wire;

/// <summary>Types that ask for MemoryPack are written by it; its failures are one error.</summary>
public sealed class MemoryPackCodecsTests
{
    private const int Cases = 20_000;

    // MemoryPack makes an array as soon as as many bytes remain as it has items.
    private const int FactorOfValues = 64;

    private readonly CodecCatalog _catalog = new(new MemoryPackCodecs());

    [Fact]
    public void Marked_types_go_to_MemoryPack_and_come_back()
    {
        var codec = _catalog.Of<PackedOrder>();
        Assert.Equal("MemoryPack PackedOrder", codec.Schema.ToString());

        var back = Back(codec, new PackedOrder { Id = 7, Lines = ["a", "b"] });

        Assert.Equal(7, back.Id);
        Assert.Equal(["a", "b"], back.Lines);
    }

    [Fact]
    public void They_may_be_members_items_and_null()
    {
        var codec = _catalog.Of<List<(int, PackedOrder?)>>();

        var back = Back(codec, [(1, null), (2, new PackedOrder { Id = 8 })]);

        Assert.Null(back[0].Item2);
        Assert.Equal(8, back[1].Item2!.Id);
    }

    [Fact]
    public void Unmarked_types_go_by_their_members() =>
        Assert.Equal("(int, [text])", _catalog.Of<(int, List<string>)>().Schema.ToString());

    [Fact]
    public void A_member_of_MemoryPack_is_skipped_when_it_is_gone()
    {
        var old = _catalog.Of<With<PackedOrder>>();
        using var writer = new CodecWriter();
        old.Write(writer, new(new() { Id = 1, Lines = ["a"] }, 5));

        var reader = new CodecReader(writer.WrittenSpan);
        Assert.Equal(5, _catalog.Of<Without>(old.Schema).Read(ref reader).Last);
        reader.ExpectEnd();
    }

    [Fact]
    public void Any_bytes_are_a_value_or_corrupt()
    {
        var codec = _catalog.Of<PackedTree>();
        using var writer = new CodecWriter();
        var leaf = new PackedTree { Order = new() { Id = 7, Lines = ["a", "b"] } };
        codec.Write(writer, new() { Order = leaf.Order, Numbers = [1, 2, 3], Prices = new() { ["a"] = 1.5m }, Children = [leaf, null, leaf] });
        var corrupt = DamagedBytes.Read(writer.WrittenSpan[sizeof(uint)..].ToArray(), Cases, body =>
        {
            using var damaged = new CodecWriter();
            var position = damaged.ReserveFixed32();
            damaged.WriteSpan(body);
            damaged.PatchLength(position);
            var reader = new CodecReader(damaged.WrittenSpan);
            codec.Read(ref reader);
        }, FactorOfValues);

        Assert.InRange(corrupt, Cases / 4, Cases);
    }

    [Fact]
    public void Another_serializer_is_refused()
    {
        var failure = Assert.Throws<SchemaException>(() => new CodecCatalog().Of<PackedOrder>(_catalog.Of<PackedOrder>().Schema));
        Assert.Equal("PackedOrder: MemoryPack PackedOrder written, PackedOrder expected.", failure.Message);
    }

    private static T Back<T>(Codec<T> codec, T value)
    {
        using var writer = new CodecWriter();
        codec.Write(writer, value);
        var reader = new CodecReader(writer.WrittenSpan);
        var back = codec.Read(ref reader);
        reader.ExpectEnd();
        return back;
    }

    private sealed record With<T>(T Member, int Last);

    private sealed record Without(int Last);
}
