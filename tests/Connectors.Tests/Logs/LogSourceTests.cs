using System.Text;
using Millrace.Connectors.Logs;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Logs;

public sealed class LogSourceTests : IDisposable
{
    private static readonly LogWriterOptions Small = new() { SegmentBytes = 1024 };

    private readonly LogHarness _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Records_are_read_while_they_are_appended()
    {
        var reader = _log.Read();
        Assert.Equal(0, LogHarness.Poll(reader));
        var writer = _log.Write(Small);
        for (var end = 100; end <= 1000; end += 100)
        {
            LogHarness.Append(writer, 100);

            Assert.Equal(end, LogHarness.Poll(reader));
            Assert.Equal(LogHarness.Records(end - 100, end), LogHarness.Take(reader, end - 100, end));
        }
    }

    [Theory]
    [InlineData(7, 10)]
    [InlineData(9, 9)]
    public void A_log_that_ends_before_what_was_read_of_it_is_refused(int committed, int planned)
    {
        _log.Fill(8);
        var reader = _log.Read();
        reader.Resume(new SplitProgress(committed, null, planned > committed ? [new PlannedRange(committed, planned, null)] : []));

        var failure = Assert.Throws<SourceFailedException>(() => LogHarness.Poll(reader));

        Assert.Contains($": record {planned} expected as the next, since those before it were read, its end at 8 found; restore the partition", failure.Message, StringComparison.Ordinal);
        _log.Fill(2);
        var whole = _log.Read();
        whole.Resume(new SplitProgress(9, null, []));
        Assert.Equal(10, LogHarness.Poll(whole));
    }

    [Fact]
    public void Records_not_flushed_are_not_there()
    {
        var writer = _log.Write();
        writer.Append("a"u8);
        Assert.Equal(0, LogHarness.Poll(_log.Read()));

        writer.Flush(durable: true);
        Assert.Equal(1, LogHarness.Poll(_log.Read()));
    }

    [Fact]
    public void Part_of_a_record_is_not_there()
    {
        _log.Fill(2);
        var bytes = File.ReadAllBytes(_log.Segments[0]);
        File.WriteAllBytes(_log.Segments[0], bytes[..^1]);
        var reader = _log.Read();
        Assert.Equal(1, LogHarness.Poll(reader));

        File.WriteAllBytes(_log.Segments[0], bytes);

        Assert.Equal(2, LogHarness.Poll(reader));
        Assert.Equal(["r0", "r1"], LogHarness.Take(reader, 0, 2));
    }

    [Fact]
    public void Any_range_is_read_again_alike_by_another_reader()
    {
        _log.Fill(50_000);
        Assert.True(new FileInfo(Directory.GetFiles(_log.Partition, "*.index")[0]).Length > 0, "an index of several entries");
        var random = new Random(1);
        for (var round = 0; round < 50; round++)
        {
            var from = random.Next(50_000);
            var to = random.Next(from, Math.Min(from + 2000, 50_000)) + 1;

            Assert.Equal(LogHarness.Records(from, to), LogHarness.Take(_log.Read(), from, to));
        }
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("empty")]
    [InlineData("torn")]
    [InlineData("damaged")]
    public void Index_is_a_help_alone(string state)
    {
        _log.Fill(20_000);
        var index = Directory.GetFiles(_log.Partition, "*.index")[0];
        var bytes = File.ReadAllBytes(index);
        File.Delete(index);
        if (state != "lost")
            File.WriteAllBytes(index, state switch { "empty" => [], "torn" => bytes[..^3], _ => [.. bytes.Select(value => (byte)~value)] });

        var reader = _log.Read();
        Assert.Equal(20_000, LogHarness.Poll(reader));
        Assert.Equal(["r19999"], LogHarness.Take(reader, 19_999, 20_000));

        _log.Write().Dispose();
        Assert.Equal(bytes, File.ReadAllBytes(index));
    }

    [Fact]
    public void Source_finishes_once_the_complete_partition_is_read()
    {
        var reader = _log.Read();
        var writer = _log.Write(Small);
        LogHarness.Append(writer, 100);
        Assert.Equal(100, LogHarness.Poll(reader));
        Assert.False(reader.IsFinished);

        LogHarness.Append(writer, 100);
        writer.Complete();

        Assert.Equal(200, LogHarness.Poll(reader));
        Assert.True(reader.IsFinished);
    }

    [Fact]
    public void Damaged_record_fails_the_job_with_file_and_byte()
    {
        _log.Fill(3);
        var bytes = File.ReadAllBytes(_log.Segments[0]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(_log.Segments[0], bytes);
        var reader = _log.Read();
        Assert.Equal(3, LogHarness.Poll(reader));

        var error = Assert.Throws<SourceFailedException>(() => LogHarness.Take(reader, 0, 3));

        Assert.Contains("00000000000000000000.log at byte 44, one with a wrong checksum found", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Segment_cut_short_before_another_fails_the_job()
    {
        _log.Fill(500, Small);
        using (var file = File.OpenWrite(_log.Segments[0]))
            file.SetLength(file.Length - 1);

        Assert.Throws<SourceFailedException>(() => LogHarness.Take(_log.Read(), 0, 500));
    }

    [Fact]
    public void Missing_segment_fails_the_job()
    {
        _log.Fill(500, Small);
        File.Delete(_log.Segments[1]);

        var error = Assert.Throws<SourceFailedException>(() => LogHarness.Take(_log.Read(), 0, 500));

        Assert.Contains("expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_job_begins_at_the_oldest_record_kept()
    {
        _log.Fill(500, Small with { RetainBytes = 2000 });
        var first = int.Parse(Path.GetFileNameWithoutExtension(_log.Segments[0]));
        Assert.NotEqual(0, first);

        Assert.Equal(LogHarness.Records(first, 500), LogHarness.Take(_log.Read(), 0, 500));
    }

    [Fact]
    public void Records_deleted_before_they_were_read_again_fail_the_job()
    {
        _log.Fill(500, Small);
        var reader = _log.Read();
        Assert.Equal(["r10"], LogHarness.Take(reader, 10, 11));
        _log.Write(Small with { RetainBytes = 0 }).Retain();

        var error = Assert.Throws<SourceFailedException>(() => LogHarness.Take(reader, 10, 11));

        Assert.Contains("record 10 expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Partitions_are_splits()
    {
        using var log = new LogHarness(3);
        for (var partition = 0; partition < 3; partition++)
        {
            using var writer = log.Store.OpenWriter(partition);
            writer.Append(Encoding.UTF8.GetBytes($"p{partition}"));
        }

        var source = new LogSource<string>(log.Store.Path, LogFormat.Text);

        Assert.Equal(3, source.Splits);
        Assert.True(source.IsReplayable);
        for (var split = 0; split < 3; split++)
        {
            using var reader = source.Open(new SplitContext(new PartitionId(split), 3, _ => { }));
            Assert.Equal(1, LogHarness.Poll(reader));
            Assert.Equal([$"p{split}"], LogHarness.Take(reader, 0, 1));
        }
    }

    [Fact]
    public void Function_that_throws_fails_the_job_with_the_record()
    {
        _log.Fill(3);
        var reader = _log.Read(record => record[1] == '1' ? throw new FormatException("no number") : record.Length);

        var error = Assert.Throws<SourceFailedException>(() => LogHarness.Take(reader, 0, 3));

        Assert.Contains("record 1: the format's function threw FormatException: no number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_that_can_not_work_are_refused_at_once()
    {
        Assert.Throws<GraphException>(() => new LogSource<string>(_log.Partition, LogFormat.Text));
        Assert.Throws<GraphException>(() => new LogSource<string>(_log.Store.Path, LogFormat.Text, new() { Reader = "../x" }));
    }

    [Fact]
    public void Appending_and_reading_allocate_nothing_for_a_record()
    {
        const int Count = 100_000;
        var writer = _log.Write();
        var reader = _log.Read(record => record.Length);
        LogHarness.Poll(reader);
        Append(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Append(Count);
        var appended = GC.GetAllocatedBytesForCurrentThread();
        LogHarness.Poll(reader);
        for (var from = 0L; from < Count;)
            reader.Read(from, Count, out from)!.Release();
        var read = GC.GetAllocatedBytesForCurrentThread();

        Assert.InRange(appended - before, 0, Count / 10);
        // Buffers, and a batch for every 1024 records, at worst with an array that the pool did not have; an object a record would be more.
        Assert.InRange(read - appended, 0, 16 * Count);

        void Append(int count)
        {
            for (var record = 0; record < count; record++)
                writer.Append("some words of a line of text"u8);
            writer.Flush(durable: false);
        }
    }
}
