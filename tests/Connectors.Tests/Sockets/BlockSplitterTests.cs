using System.Buffers.Binary;
using CsCheck;
using Millrace.Connectors.Sockets;
using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.Connectors.Tests.Sockets;

public sealed class BlockSplitterTests
{
    private static readonly Gen<(string, int)[]> Rows = Gen.Select(Gen.String[0, 20], Gen.Int).Array[0, 60];

    private readonly Dictionary<string, int> _skipped = [];

    [Fact]
    public void However_the_bytes_are_cut_the_rows_are_those_that_were_written() =>
        Gen.Select(Rows, Gen.Int[1, 200], Gen.Int[1, 70].Array[1, 30]).Sample((rows, blockBytes, cuts) =>
        {
            var splitter = Splitter<(string, int)>();
            var found = new List<WeighedRow<(string, int)>>();
            var bytes = Blocks.Of(rows, blockBytes).AsSpan();
            for (var cut = 0; !bytes.IsEmpty; cut++)
            {
                var taken = Math.Min(cuts[cut % cuts.Length], bytes.Length);
                Assert.Null(splitter.Push(bytes[..taken], found));
                bytes = bytes[taken..];
            }

            splitter.End(found);
            Assert.Equal(rows, found.Select(row => row.Row));
        });

    [Fact]
    public void Block_in_one_piece_is_decoded_in_place()
    {
        var splitter = Splitter<(string, int)>();

        Assert.Equal([("ab", 1), ("", -1)], Push(splitter, Blocks.Of([("ab", 1), ("", -1)])));
        Assert.Equal(0, splitter.BodyCapacityBytes);
    }

    [Fact]
    public void Rows_weigh_the_bytes_of_their_block()
    {
        var found = new List<WeighedRow<string>>();
        var bytes = Blocks.Of(["a", new string('b', 1000), "c"]);

        Splitter<string>().Push(bytes, found);

        Assert.InRange(found.Sum(row => row.Bytes), bytes.Length - sizeof(int), bytes.Length);
    }

    [Fact]
    public void Block_of_no_bytes_is_nothing() => Assert.Equal([7], Push(Splitter<int>(), [0, 0, 0, 0, .. Blocks.Of([7]), 0, 0, 0, 0]));

    [Fact]
    public void Oversized_block_is_counted_once_and_the_next_goes_on()
    {
        var splitter = Splitter<string>(new() { BlockLengthMaxBytes = 100 });
        var found = new List<WeighedRow<string>>();

        foreach (var piece in Blocks.Of([new string('x', 5000)]).Concat(Blocks.Of(["next"])).Chunk(64))
            splitter.Push(piece, found);

        Assert.Equal(["next"], found.Select(row => row.Row));
        Assert.Equal([(BlockSplitter<string>.OversizedBlock, 1)], _skipped.Select(pair => (pair.Key, pair.Value)));
        Assert.InRange(splitter.BodyCapacityBytes, 0, 4096);
    }

    [Fact]
    public void Announced_length_asks_for_no_memory_until_the_bytes_come()
    {
        var splitter = Splitter<string>(new() { BlockLengthMaxBytes = 1 << 29 });

        Push(splitter, [0x1F, 0xFF, 0xFF, 0xFF, 1, 2, 3]);

        Assert.InRange(splitter.BodyCapacityBytes, 3, 4096);
    }

    [Fact]
    public void Negative_length_ends_the_connection_and_the_next_begins_anew()
    {
        var splitter = Splitter<int>();
        var found = new List<WeighedRow<int>>();

        var reason = splitter.Push([.. Blocks.Of([1]), 0xFF, 0xFF, 0xFF, 0xFB, 9, 9], found);
        splitter.End(found);
        splitter.Push(Blocks.Of([2]), found);

        Assert.Equal("a block of -5 bytes found, 0 or more expected, so what follows can't be read", reason);
        Assert.Equal([1, 2], found.Select(row => row.Row));
        Assert.Equal([(BlockSplitter<int>.NegativeLength, 1)], _skipped.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Torn_block_is_counted_wherever_the_connection_ends_and_the_next_begins_anew()
    {
        var whole = Blocks.Of([("ab", 1)]);
        for (var cut = 1; cut < whole.Length; cut++)
        {
            _skipped.Clear();
            var splitter = Splitter<(string, int)>();
            var found = new List<WeighedRow<(string, int)>>();
            splitter.Push(whole.AsSpan(0, cut), found);

            splitter.End(found);
            splitter.Push(whole, found);
            splitter.End(found);

            Assert.Equal([("ab", 1)], found.Select(row => row.Row));
            Assert.Equal([(BlockSplitter<int>.TornBlock, 1)], _skipped.Select(pair => (pair.Key, pair.Value)));
        }
    }

    [Fact]
    public void Undecodable_block_is_left_out_whole_and_the_next_goes_on()
    {
        var damaged = Blocks.Of(["first", "second"]);
        damaged[^1] = 0xFF;

        var found = Push(Splitter<string>(), [.. damaged, .. Blocks.Of([1, 2]), .. Blocks.Of(["next"])]);

        Assert.Equal(["next"], found);
        Assert.Equal([(BlockSplitter<string>.UndecodableBlock, 2)], _skipped.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Whatever_the_bytes_are_they_are_rows_or_counted() =>
        Gen.Select(Rows.Where(rows => rows.Length > 0), Gen.Int[4, 10_000], Gen.Byte).Sample((rows, place, value) =>
        {
            var bytes = Blocks.Of(rows, int.MaxValue);
            bytes[4 + (place % (bytes.Length - 4))] = value;
            var splitter = Splitter<(string, int)>();

            Assert.Equal(["next"], Push(splitter, [.. bytes, .. Blocks.Of([("next", 0)])]).TakeLast(1).Select(row => row.Item1));
        });

    [Fact]
    public void Rows_of_an_older_version_of_the_type_are_read()
    {
        var found = Push(Splitter<NewOrder>(), [.. Blocks.Of([new OldOrder(1, "a")]), .. Blocks.Of([new NewOrder(2, 7)])]);

        Assert.Equal([new NewOrder(1, null), new NewOrder(2, 7)], found);
        Assert.Empty(_skipped);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF }, "a block of -1 bytes found, 0 or more expected")]
    [InlineData(new byte[] { 0, 0, 0, 101 }, "a block of 101 bytes found, at most BlockLengthMaxBytes = 100 expected")]
    [InlineData(new byte[] { 0, 0, 0, 2, 99, 99 }, "a block of 2 bytes found, rows of int expected (CorruptPayloadException: A schema expected at byte 0, kind 99 at depth 1 found")]
    [InlineData(new byte[] { 0, 0, 0, 9, 1 }, "the connection ended after 1 of the 9 bytes of a block")]
    [InlineData(new byte[] { 0, 0 }, "the connection ended after 2 of the 4 bytes of a block's length")]
    public void Bad_block_fails_the_source_in_one_line_where_the_policy_says_so(byte[] bytes, string expected)
    {
        var splitter = Splitter<int>(new() { BlockLengthMaxBytes = 100, BadBlocks = BlockPolicy.Fail });

        var failure = Assert.Throws<SourceFailedException>(() =>
        {
            splitter.Push(bytes, []);
            splitter.End([]);
        });

        Assert.StartsWith($"Source test: {expected}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Empty(_skipped);
    }

    [Fact]
    public void Length_is_big_endian() => Assert.Equal(Blocks.Of([7]).Length - 4, BinaryPrimitives.ReadInt32BigEndian(Blocks.Of([7])));

    private BlockSplitter<T> Splitter<T>(RawSocketSourceOptions? options = null) =>
        new("test", new CodecCatalog().Of<T>(), options ?? new(), reason => _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1);

    private static List<T> Push<T>(BlockSplitter<T> splitter, ReadOnlySpan<byte> bytes)
    {
        var found = new List<WeighedRow<T>>();
        splitter.Push(bytes, found);
        return found.ConvertAll(row => row.Row);
    }

    private sealed record OldOrder(long Id, string Note);

    private sealed record NewOrder(long Id, int? Count);
}
