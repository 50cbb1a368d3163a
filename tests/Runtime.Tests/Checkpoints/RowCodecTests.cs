using System.Runtime.CompilerServices;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using Millrace.Serialization;

namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class RowCodecTests
{
    private const int ChunkSize = 1024;

    public static TheoryData<string> Samples => [.. RowSamples.All.Select(sample => sample.Name)];

    /// <remarks>After a change that is meant, <c>MILLRACE_WRITE_GOLDEN=1 dotnet test tests/Runtime.Tests</c> writes the files anew; a released format never changes.</remarks>
    [Theory]
    [MemberData(nameof(Samples))]
    public void A_row_has_the_bytes_of_its_golden_file_and_is_read_from_them(string name)
    {
        var file = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "Golden", "journal", $"{name}.hex");
        var written = Lines(RowCodec.Encode(SampleOf(name), ChunkSize));
        if (Environment.GetEnvironmentVariable("MILLRACE_WRITE_GOLDEN") == "1")
            File.WriteAllLines(file, written);

        var golden = File.ReadAllLines(file);

        Assert.Equal(golden, written);
        Assert.Equal(golden, Lines(RowCodec.Encode(Read([.. golden.Select(Convert.FromHexString)]), ChunkSize)));
    }

    [Fact]
    public void Every_kind_of_row_has_a_golden_file() =>
        Assert.Equal(
            typeof(JournalRows).GetNestedTypes(System.Reflection.BindingFlags.NonPublic).Where(type => type.BaseType == typeof(JournalRows.Row)).Select(type => type.Name).Order(),
            RowSamples.All.Select(sample => sample.Row.GetType().Name).Distinct().Order());

    [Fact]
    public void Each_field_comes_back_where_it_was()
    {
        var opened = (JournalRows.Opened)Read(RowCodec.Encode(SampleOf("opened"), ChunkSize));
        var sample = (JournalRows.Opened)SampleOf("opened");

        Assert.Equal((sample.Incarnation, sample.Resumes, sample.Manifest), (opened.Incarnation, opened.Resumes, opened.Manifest));
        Assert.Equivalent(sample.History, opened.History, strict: true);
    }

    [Fact]
    public void Parts_of_tasks_come_back_with_their_bytes_and_without_where_there_were_none()
    {
        var deltas = (JournalRows.EpochDeltas)Read(RowCodec.Encode(SampleOf("epoch-deltas"), ChunkSize));

        Assert.Equal([(0, 7), (1, 6), (2, 5), (3, 4)], deltas.Tasks.Select(task => (task.Task, task.Generation)));
        Assert.Equal(["010203", null, "", "04"], deltas.Tasks.Select(task => task.Delta is EncodedDelta part ? Convert.ToHexString(part.Bytes.Span) : null));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_chunk_with_any_bit_flipped_is_refused(string name)
    {
        var chunk = RowCodec.Encode(SampleOf(name), ChunkSize)[0];
        for (var bit = 0; bit < chunk.Length * 8; bit++)
        {
            chunk[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<RowFormatException>(() => Read([chunk]));
            chunk[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_body_that_is_cut_anywhere_or_too_long_is_refused(string name)
    {
        var chunk = RowCodec.Encode(SampleOf(name), 1024 * 1024)[0];
        var kind = RowChunkHeader.Read(chunk).Kind;
        for (var end = RowChunkHeader.Size; end < chunk.Length; end++)
            Assert.Throws<RowFormatException>(() => RowCodec.Decode(kind, chunk.AsMemory(RowChunkHeader.Size..end)));
        if (kind is not RowKind.EpochDeltas and not RowKind.TaskImage)
            Assert.Throws<RowFormatException>(() => RowCodec.Decode(kind, (byte[])[.. chunk[RowChunkHeader.Size..], 0]));
    }

    [Fact]
    public void Counts_and_lengths_that_the_bytes_do_not_hold_are_refused_before_anything_is_allocated()
    {
        var huge = new byte[12];
        huge.AsSpan().Fill(0x7F);
        foreach (var kind in Enum.GetValues<RowKind>())
        {
            if (kind is RowKind.LeaseTaken or RowKind.Sealed)
                continue;
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<RowFormatException>(() => RowCodec.Decode(kind, huge));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ChunkSize)]
    [InlineData(100 * ChunkSize + 17)]
    public void A_row_of_any_size_is_cut_into_chunks_of_at_most_their_size(int size)
    {
        var chunks = RowCodec.Encode(JournalClient.Large(size), ChunkSize);

        Assert.All(chunks[..^1], chunk => Assert.Equal(ChunkSize, chunk.Length));
        Assert.InRange(chunks[^1].Length, RowChunkHeader.Size, ChunkSize);
        Assert.Equal(JournalClient.Pattern(size), ((EncodedDelta)((JournalRows.TaskImage)Read(chunks)).Image!).Bytes.ToArray());
    }

    [Fact]
    public void A_kind_of_row_that_is_not_known_is_refused()
    {
        var chunk = new byte[RowChunkHeader.Size];
        new RowChunkHeader((RowKind)99, 0, 1, 0).Write(chunk);

        Assert.Equal("a known kind of row expected, kind 99 found", Assert.Throws<RowFormatException>(() => Read([chunk])).Message);
    }

    [Fact]
    public void The_checksum_is_that_of_RFC_3720() => Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));

    private static JournalRows.Row SampleOf(string name) => RowSamples.All.Single(sample => sample.Name == name).Row;

    private static string[] Lines(IEnumerable<byte[]> chunks) => [.. chunks.Select(Convert.ToHexString)];

    private static JournalRows.Row Read(IReadOnlyList<byte[]> chunks)
    {
        var assembler = new RowAssembler();
        for (var i = 0; i < chunks.Count; i++)
            assembler.Add(i + 1, chunks[i]);
        return assembler.Finish() is [var only] ? only.Row : throw new RowFormatException("one row expected");
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
