using Millrace.Runtime.Wire;
using Millrace.Serialization;

namespace Millrace.Runtime.Tests.Wire;

/// <summary>Types that ask for MemoryPack are written by it; its failures are one error.</summary>
public sealed class MemoryPackCodecsTests
{
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
        var codec = _catalog.Of<PackedOrder>();
        using var writer = new CodecWriter();
        codec.Write(writer, new PackedOrder { Id = 7, Lines = ["a", "b"] });
        var random = new Random(17);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = writer.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                var reader = new CodecReader(bytes);
                codec.Read(ref reader);
            }
            catch (CorruptPayloadException failure)
            {
                Assert.DoesNotContain('\n', failure.Message);
            }
        }
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
