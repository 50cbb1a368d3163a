using System.Collections.Immutable;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class RowCodecTests
{
    private const int ChunkSize = 1024 * 1024;

    public static TheoryData<string> Names => [.. RowSamples.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_is_decoded_as_it_was(string name)
    {
        var row = RowSamples.All[name];

        Assert.Equal(RowSamples.Json(row), RowSamples.Json(Decode(RowCodec.Encode(row, ChunkSize))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_cut_into_tiny_chunks_is_decoded_as_it_was(string name)
    {
        var row = RowSamples.All[name];

        var chunks = RowCodec.Encode(row, RowChunkHeader.Size + 3);

        Assert.True(chunks.Length > 1);
        Assert.Equal(RowSamples.Json(row), RowSamples.Json(Decode(chunks)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bytes_of_a_row_never_change(string name)
    {
        var golden = Path.Combine(GoldenFolder(), name + ".hex");
        if (Environment.GetEnvironmentVariable("MILLRACE_WRITE_GOLDEN") == "1")
            File.WriteAllText(golden, Hex(Assert.Single(RowCodec.Encode(RowSamples.All[name], ChunkSize))));

        var text = File.ReadAllText(golden);

        Assert.Equal(text, Hex(Assert.Single(RowCodec.Encode(RowSamples.All[name], ChunkSize))));
        Assert.Equal(RowSamples.Json(RowSamples.All[name]), RowSamples.Json(Decode([Convert.FromHexString(text.ReplaceLineEndings(""))])));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_with_any_byte_flipped_is_refused(string name)
    {
        var chunk = Assert.Single(RowCodec.Encode(RowSamples.All[name], ChunkSize));
        for (var at = 0; at < chunk.Length; at++)
        {
            var damaged = chunk.ToArray();
            damaged[at] ^= 0x10;

            Assert.Throws<RowFormatException>(() => Decode([damaged]));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_body_that_ends_anywhere_too_early_is_refused(string name)
    {
        var chunk = Assert.Single(RowCodec.Encode(RowSamples.All[name], ChunkSize));
        var kind = RowChunkHeader.Read(chunk).Kind;
        for (var length = RowChunkHeader.Size; length < chunk.Length; length++)
        {
            var body = chunk.AsMemory(RowChunkHeader.Size, length - RowChunkHeader.Size);

            Assert.Throws<RowFormatException>(() => RowCodec.Decode(kind, body));
        }
    }

    [Fact]
    public void A_count_that_the_bytes_can_not_hold_is_refused_before_memory_is_taken()
    {
        var body = new byte[20];
        body.AsSpan(16).Fill(0x7F);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<RowFormatException>(() => RowCodec.Decode(RowKind.Committed, body));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void A_later_version_is_named_as_such()
    {
        var chunk = Assert.Single(RowCodec.Encode(new JournalRows.Sealed(1), ChunkSize));
        chunk[2] = 2;

        var failure = Assert.Throws<RowFormatException>(() => RowChunkHeader.Read(chunk));

        Assert.Contains("version 1 expected, version 2 found", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checksum_is_the_one_of_the_standard() => Assert.Equal(0xE306_9283, Crc32C.Of("123456789"u8));

    [Fact]
    public void A_part_that_is_not_encoded_is_refused()
    {
        var row = new JournalRows.EpochDeltas(1, [new(0, 1, "text")]);

        Assert.Throws<InvalidOperationException>(() => RowCodec.Encode(row, ChunkSize));
    }

    private static JournalRows.Row Decode(ImmutableArray<byte[]> chunks)
    {
        var assembler = new RowAssembler();
        for (var i = 0; i < chunks.Length; i++)
            assembler.Add(i + 1, chunks[i]);
        return Assert.Single(assembler.Finish()).Row;
    }

    private static string Hex(byte[] bytes) =>
        string.Concat(bytes.Chunk(32).Select(line => Convert.ToHexStringLower(line) + "\n"));

    private static string GoldenFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Actors.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Actors.sln expected above the tests, none found.");
        return Directory.CreateDirectory(Path.Combine(folder.FullName, "tests", "Golden", "journal")).FullName;
    }
}
