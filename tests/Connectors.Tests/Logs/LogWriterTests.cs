using Millrace.Connectors.Logs;

namespace Millrace.Connectors.Tests.Logs;

public sealed class LogWriterTests : IDisposable
{
    private static readonly LogWriterOptions Small = new() { SegmentBytes = 1024 };

    private readonly LogHarness _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Writer_goes_on_where_the_last_one_ended()
    {
        _log.Fill(3);
        _log.Fill(2);

        Assert.Equal(LogHarness.Records(0, 5), LogHarness.Take(_log.Read(), 0, 5));
    }

    [Fact]
    public void Second_writer_is_refused_until_the_first_is_closed()
    {
        using (_log.Write())
        {
            var error = Assert.Throws<LogException>(() => _log.Store.OpenWriter(0));
            Assert.Contains("only writer expected", error.Message, StringComparison.Ordinal);
        }

        _log.Write().Dispose();
    }

    [Fact]
    public void Segments_roll_by_size_and_bear_their_first_offset()
    {
        _log.Fill(500, Small);

        Assert.InRange(_log.Segments.Length, 5, 10);
        var reader = _log.Read();
        Assert.Equal(500, LogHarness.Poll(reader));
        var first = int.Parse(Path.GetFileNameWithoutExtension(_log.Segments[1]));
        Assert.Equal([$"r{first}"], LogHarness.Take(reader, first, first + 1));
    }

    [Fact]
    public void Record_torn_at_any_byte_is_cut_off_and_written_anew()
    {
        _log.Fill(2);
        var whole = new FileInfo(_log.Segments[0]).Length;
        _log.Fill(1);
        var bytes = File.ReadAllBytes(_log.Segments[0]);
        for (var length = whole; length < bytes.Length; length++)
        {
            File.WriteAllBytes(_log.Segments[0], bytes[..(int)length]);
            Assert.Equal(2, LogHarness.Poll(_log.Read()));

            using (var writer = _log.Store.OpenWriter(0))
            {
                Assert.Equal(2, writer.End);
                LogHarness.Append(writer, 1);
            }

            Assert.Equal(LogHarness.Records(0, 3), LogHarness.Take(_log.Read(), 0, 3));
        }
    }

    [Fact]
    public void Torn_record_with_records_of_another_log_inside_is_cut_off()
    {
        using var other = new LogHarness();
        other.Fill(3);
        var copy = File.ReadAllBytes(other.Segments[0]);
        using (var writer = _log.Store.OpenWriter(0))
            writer.Append([.. copy, 0, 0]);
        using (var file = File.OpenWrite(_log.Segments[0]))
            file.SetLength(file.Length - 1);

        Assert.Equal(0, _log.Write().End);
    }

    [Fact]
    public void Flipped_bit_before_the_last_record_is_an_error_that_names_file_and_byte()
    {
        _log.Fill(3);
        var bytes = File.ReadAllBytes(_log.Segments[0]);
        // The frames of r0 and r1, ten bytes each: length, checksum, payload.
        for (var position = 24; position < 44; position++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[position] ^= 0x40;
            File.WriteAllBytes(_log.Segments[0], damaged);

            var error = Assert.Throws<LogException>(() => _log.Store.OpenWriter(0));

            Assert.Contains($"00000000000000000000.log at byte {(position < 34 ? 24 : 34)}", error.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, File.ReadAllBytes(_log.Segments[0]));
        }
    }

    [Fact]
    public void Damaged_header_is_an_error()
    {
        _log.Fill(1);
        var bytes = File.ReadAllBytes(_log.Segments[0]);
        bytes[17] ^= 1;
        File.WriteAllBytes(_log.Segments[0], bytes);

        Assert.Contains("no header", Assert.Throws<LogException>(() => _log.Store.OpenWriter(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Complete_partition_takes_no_more_records()
    {
        var writer = _log.Write();
        LogHarness.Append(writer, 1);
        writer.Complete();

        Assert.Throws<ObjectDisposedException>(() => writer.Append("x"u8));
        Assert.Contains("complete at 1", Assert.Throws<LogException>(() => _log.Store.OpenWriter(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_of_any_size_up_to_16_MB_are_kept()
    {
        byte[][] records = [[], [1], new byte[100_000], new byte[16 << 20]];
        using (var writer = _log.Store.OpenWriter(0))
        {
            Assert.Equal(0, writer.Append(records.Select(record => (ReadOnlyMemory<byte>)record)));
            Assert.Throws<LogException>(() => writer.Append(new byte[(16 << 20) + 1]));
        }

        Assert.Equal(records, LogHarness.Take(_log.Read(LogFormat.Bytes), 0, 4));
    }

    [Fact]
    public void Segments_over_the_size_are_deleted_oldest_first()
    {
        _log.Fill(1000, Small with { RetainBytes = 3000 });

        Assert.InRange(_log.Segments.Length, 2, 4);
        Assert.Equal(_log.Segments.Length, Directory.GetFiles(_log.Partition, "*.index").Length);
    }

    [Fact]
    public void Segments_over_the_age_are_deleted()
    {
        _log.Fill(500, Small);
        Array.ForEach(_log.Segments[..3], path => File.SetLastWriteTimeUtc(path, DateTime.UtcNow - TimeSpan.FromDays(2)));
        var rest = _log.Segments[3..];

        _log.Write(Small with { RetainAge = TimeSpan.FromDays(1) }).Retain();

        Assert.Equal(rest, _log.Segments);
    }

    [Fact]
    public void Segment_that_a_named_reader_needs_is_never_deleted()
    {
        _log.Fill(500, Small);
        var (slow, fast) = (_log.Read("slow"), _log.Read("fast"));
        LogHarness.Poll(slow);
        LogHarness.Poll(fast);
        fast.Release(500);
        var writer = _log.Write(Small with { RetainBytes = 0 });

        writer.Retain();
        Assert.Equal("00000000000000000000.log", Path.GetFileName(_log.Segments[0]));
        Assert.Equal(LogHarness.Records(0, 500), LogHarness.Take(slow, 0, 500));

        var second = int.Parse(Path.GetFileNameWithoutExtension(_log.Segments[1]));
        slow.Release(second - 1);
        writer.Retain();
        Assert.Equal("00000000000000000000.log", Path.GetFileName(_log.Segments[0]));

        slow.Release(second);
        writer.Retain();
        Assert.Equal(second, int.Parse(Path.GetFileNameWithoutExtension(_log.Segments[0])));
    }

    [Fact]
    public void Released_segments_are_deleted_on_request_alone()
    {
        _log.Fill(500, Small);
        var reader = _log.Read("job");
        LogHarness.Poll(reader);
        reader.Release(500);
        var all = _log.Segments;

        using (var writer = _log.Store.OpenWriter(0, Small))
            writer.Retain();
        Assert.Equal(all, _log.Segments);

        _log.Write(Small with { DeleteReleased = true }).Retain();
        Assert.Single(_log.Segments);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<LogException>(() => _log.Store.OpenWriter(0, new() { SegmentBytes = 1 }));
        Assert.Throws<LogException>(() => _log.Store.OpenWriter(0, new() { RetainBytes = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _log.Store.OpenWriter(1));
    }

    [Fact]
    public void Number_of_partitions_never_changes()
    {
        Assert.Equal(1, LogStore.Create(_log.Store.Path, 1).Partitions);
        Assert.Contains("2 partitions expected, 1 found", Assert.Throws<LogException>(() => LogStore.Create(_log.Store.Path, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<LogException>(() => new LogStore(_log.Partition));
    }
}
