using Millrace.Serialization;

namespace Millrace.Core.Tests.Serialization;

public sealed class RowBlockTests
{
    private readonly CodecCatalog _codecs = new();

    [Fact]
    public void Rows_come_back_in_order_to_the_end_of_their_bytes()
    {
        var rows = new List<(string, int)>();
        using var writer = new CodecWriter();
        var codec = _codecs.Of<(string, int)>();
        RowBlock.Write(writer, codec, ("a", 1));
        RowBlock.Write(writer, codec, ("b", -1));

        var reader = new CodecReader(writer.WrittenSpan);
        RowBlock.Read(ref reader, codec, rows);

        Assert.Equal([("a", 1), ("b", -1)], rows);
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void Row_that_can_not_be_written_leaves_the_writer_as_it_was()
    {
        using var writer = new CodecWriter();
        writer.WriteByte(7);

        Assert.Throws<SchemaException>(() => RowBlock.Write(writer, _codecs.Of<(string, Animal)>(), ("a", new Dog())));

        Assert.Equal([7], writer.ToArray());
    }

    [Fact]
    public void Rows_without_bytes_are_refused_both_ways()
    {
        var codec = _codecs.Of<Nothing>();
        using var writer = new CodecWriter();

        Assert.Throws<SchemaException>(() => RowBlock.Write(writer, codec, default));
        Assert.Throws<CorruptPayloadException>(() =>
        {
            var reader = new CodecReader([1]);
            RowBlock.Read(ref reader, codec, []);
        });
    }

    [Fact]
    public void Rows_that_end_too_early_are_an_error()
    {
        Assert.Throws<CorruptPayloadException>(() =>
        {
            var reader = new CodecReader([2, (byte)'a', 9]);
            RowBlock.Read(ref reader, _codecs.Of<string>(), []);
        });
    }

    [Fact]
    public void Writer_is_rewound_to_no_place_that_is_not_written()
    {
        using var writer = new CodecWriter();
        writer.WriteByte(1);
        writer.WriteByte(2);

        writer.Rewind(1);

        Assert.Equal([1], writer.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Rewind(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Rewind(-1));
    }

    private class Animal;

    private sealed class Dog : Animal;

    private readonly record struct Nothing;
}
