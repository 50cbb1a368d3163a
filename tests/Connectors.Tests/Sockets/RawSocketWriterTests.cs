using Millrace.Connectors.Sockets;
using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.Connectors.Tests.Sockets;

public sealed class RawSocketWriterTests
{
    [Fact]
    public void Bytes_are_those_of_the_documentation() => Assert.Equal(
        "00000016" + "040102" + "0100057465787400" + "010004696E7400" + "036162" + "02",
        Convert.ToHexString(Blocks.Of([("ab", 1)])));

    [Fact]
    public void Block_is_sent_when_it_is_full_and_the_rest_when_it_is_flushed()
    {
        using var stream = new MemoryStream();
        using var writer = new RawSocketWriter<string>(stream, blockLengthBytes: 100);

        writer.Write("short");
        Assert.Equal(0, stream.Length);
        writer.Write(new string('x', 100));
        var full = stream.Length;
        writer.Write("rest");
        Assert.Equal(full, stream.Length);
        writer.Flush();
        var flushed = stream.Length;
        writer.Flush();

        Assert.InRange(full, 106, 130);
        Assert.True(flushed > full);
        Assert.Equal(flushed, stream.Length);
    }

    [Fact]
    public void Row_that_can_not_be_written_leaves_the_block_as_it_was()
    {
        using var stream = new MemoryStream();
        using (var writer = new RawSocketWriter<(int, Animal)>(stream))
        {
            writer.Write((1, new Animal("a")));
            Assert.Throws<SchemaException>(() => writer.Write((2, new Dog("b"))));
            writer.Write((3, new Animal("c")));
        }

        Assert.Equal(Blocks.Of([(1, new Animal("a")), (3, new Animal("c"))]), stream.ToArray());
    }

    [Fact]
    public void Type_that_can_not_be_written_is_refused_with_its_member()
    {
        var failure = Assert.Throws<GraphException>(() => new RawSocketWriter<(int, Action)>(Stream.Null));

        Assert.Contains("Action found", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void Row_without_bytes_is_refused()
    {
        using var writer = new RawSocketWriter<Nothing>(Stream.Null);

        Assert.Contains("has no members", Assert.Throws<SchemaException>(() => writer.Write(default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_block_was_cut_no_more_rows_are_taken()
    {
        using var stream = new BrokenStream();
        var writer = new RawSocketWriter<int>(stream);
        writer.Write(1);

        Assert.Throws<IOException>(writer.Flush);

        Assert.Throws<ObjectDisposedException>(() => writer.Write(2));
        writer.Dispose();
        Assert.Equal(1, stream.Writes);
    }

    private readonly record struct Nothing;

    private record Animal(string Name);

    private sealed record Dog(string Name) : Animal(Name);

    private sealed class BrokenStream : MemoryStream
    {
        public int Writes { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes++;
            throw new IOException("gone");
        }
    }
}
