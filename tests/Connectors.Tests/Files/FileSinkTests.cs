using Millrace.Connectors.Files;
using Millrace.Connectors.Tests.Commits;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Files;

public sealed class FileSinkTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("millrace-").FullName;

    private string Out => Path.Combine(_root, "deep", "out");

    private IEnumerable<string> Lines => new FileSinkReader(Out).ReadLines();

    private string[] Manifest => [.. Directory.GetFiles(Path.Combine(Out, "_millrace", "0")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Rows_of_committed_epochs_are_read_in_order()
    {
        using var harness = new SinkHarness<string>(Sink());
        var writer = harness.Open();
        Assert.Equal(0, writer.ReadWatermark());
        Assert.Empty(Lines);

        await harness.Deliver(writer, 0, 1, "a", "b");
        await harness.Deliver(writer, 1, 2);
        await harness.Deliver(writer, 2, 7, "c\u00fc");

        Assert.Equal(["a", "b", "c\u00fc"], Lines);
        Assert.Equal(["part-0-1.txt", "part-0-7.txt"], Directory.GetFiles(Out).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal([(0, 1L, 2L), (0, 7L, 1L)], new FileSinkReader(Out).Files().Select(file => (file.Partition, file.Epoch, file.Rows)));
        Assert.Equal(7, harness.Open().ReadWatermark());
    }

    [Fact]
    public async Task Partitions_are_read_one_after_the_other()
    {
        using var second = new SinkHarness<string>(Sink(), partition: 10);
        using var first = new SinkHarness<string>(Sink(), partition: 2);
        await second.Deliver(second.Open(), 0, 1, "c");
        var writer = first.Open();
        await first.Deliver(writer, 0, 1, "a");
        await first.Deliver(writer, 1, 2, "b");

        Assert.Equal(["a", "b", "c"], Lines);
        Assert.Equal(1, second.Open().ReadWatermark());
    }

    [Fact]
    public void Prepared_rows_are_not_there()
    {
        using var harness = new SinkHarness<string>(Sink());
        var writer = harness.Open();
        writer.ReadWatermark();
        SinkHarness<string>.Stage(writer, 1, "a");

        Assert.Empty(Directory.GetFiles(Out));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Failure_after_any_step_leaves_every_row_once(bool isRestarted)
    {
        foreach (var step in Enum.GetValues<FileSinkStep>())
        {
            var output = Path.Combine(_root, $"{step}");
            for (var epoch = 1; epoch <= 9; epoch++)
            {
                var (failures, number) = (0, epoch);
                using var harness = new SinkHarness<string>(Sink(output, afterStep: at =>
                {
                    // The second of them also makes a block.
                    if (at == step && number is (3 or 4) && ++failures <= 6)
                        throw new IOException("no space left");
                }));
                var writer = harness.Open();
                if (isRestarted)
                {
                    SinkHarness<string>.Stage(writer, epoch, $"{epoch}");
                    await harness.Commit(writer, epoch - 1, epoch);
                    writer = harness.Open();
                    if (writer.ReadWatermark() == epoch)
                        continue;
                }

                await harness.Deliver(writer, epoch - 1, epoch, $"{epoch}");
            }

            Assert.Equal(Enumerable.Range(1, 9).Select(epoch => $"{epoch}"), new FileSinkReader(output).ReadLines());
            Assert.Empty(Directory.GetFiles(output, "*.tmp"));
        }
    }

    [Fact]
    public async Task Repeated_commit_tells_the_epoch_found()
    {
        using var harness = new SinkHarness<string>(Sink());
        await harness.Deliver(harness.Open(), 0, 1, "a");
        var restarted = harness.Open();
        SinkHarness<string>.Stage(restarted, 1, "a");

        Assert.Equal((SinkOutcome.Conflict, 1), await harness.Commit(restarted, 0, 1));
        Assert.Equal(["a"], Lines);
    }

    [Fact]
    public async Task Late_commit_of_a_stale_writer_writes_nothing()
    {
        using var harness = new SinkHarness<string>(Sink());
        var stale = harness.Open();
        stale.ReadWatermark();
        SinkHarness<string>.Stage(stale, 1, "stale");
        var owner = harness.Open();
        for (var epoch = 1; epoch <= 10; epoch++)
            await harness.Deliver(owner, epoch - 1, epoch, $"{epoch}");

        Assert.Equal((SinkOutcome.Conflict, 10), await harness.Commit(stale, 0, 1));
        Assert.Equal(Enumerable.Range(1, 10).Select(epoch => $"{epoch}"), Lines);
    }

    [Fact]
    public async Task Commit_ahead_of_the_watermark_writes_nothing()
    {
        using var harness = new SinkHarness<string>(Sink());
        var writer = harness.Open();
        SinkHarness<string>.Stage(writer, 5, "a");

        Assert.Equal((SinkOutcome.Conflict, 0), await harness.Commit(writer, 4, 5));
        Assert.Empty(Lines);
    }

    [Fact]
    public async Task Of_two_writers_past_the_check_one_commits()
    {
        var owner = new SinkHarness<string>(Sink());
        var isTaken = false;
        using var stale = new SinkHarness<string>(Sink(afterStep: step =>
        {
            if (step == FileSinkStep.FileRenamed && !isTaken)
            {
                isTaken = true;
                owner.Deliver(owner.Open(), 0, 1, "a").GetAwaiter().GetResult();
            }
        }));
        var writer = stale.Open();
        SinkHarness<string>.Stage(writer, 1, "a");

        Assert.Equal((SinkOutcome.Conflict, 1), await stale.Commit(writer, 0, 1));
        Assert.Equal(["a"], Lines);
        owner.Dispose();
    }

    [Fact]
    public async Task Entries_are_put_into_blocks()
    {
        using var harness = new SinkHarness<string>(Sink());
        var writer = harness.Open();
        for (var epoch = 1; epoch <= 14; epoch++)
            await harness.Deliver(writer, epoch == 1 ? 0 : 2 * epoch - 2, 2 * epoch, $"{epoch}");

        Assert.Equal(["0.block", "16.block", "24", "26", "8.block"], Manifest);
        Assert.Equal(Enumerable.Range(1, 14).Select(epoch => $"{epoch}"), Lines);
        Assert.Equal(28, harness.Open().ReadWatermark());
    }

    [Fact]
    public async Task Reader_sees_every_row_once_at_every_step_of_the_writer()
    {
        var seen = new List<int>();
        using var harness = new SinkHarness<string>(Sink(afterStep: _ => seen.Add(Lines.Count())));
        var writer = harness.Open();
        for (var epoch = 1; epoch <= 9; epoch++)
            await harness.Deliver(writer, epoch - 1, epoch, $"{epoch}");

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(9, seen[^1]);
    }

    [Fact]
    public async Task Files_of_an_epoch_roll_by_size()
    {
        using var harness = new SinkHarness<string>(Sink(options: new() { FileBytesMax = 1024 }));
        var rows = Enumerable.Range(0, 100).Select(row => $"{row} {new string('x', 50)}").ToArray();

        await harness.Deliver(harness.Open(), 0, 3, rows);

        Assert.Equal(["part-0-3.txt", "part-0-3-1.txt", "part-0-3-2.txt"], new FileSinkReader(Out).Files().Take(3).Select(file => Path.GetFileName(file.Path)));
        Assert.All(new FileSinkReader(Out).Files(), file => Assert.InRange(file.Bytes, 1, 1100));
        Assert.Equal(rows, Lines);
    }

    [Fact]
    public async Task Large_epochs_are_written_whole()
    {
        using var harness = new SinkHarness<string>(Sink());
        var rows = Enumerable.Range(0, 20_000).Select(row => $"row {row}").ToArray();

        await harness.Deliver(harness.Open(), 0, 1, rows);

        Assert.Equal(rows, Lines);
    }

    [Fact]
    public async Task Row_with_a_line_end_in_it_fails_the_job()
    {
        using var harness = new SinkHarness<string>(Sink());

        var error = await harness.Fails(harness.Open(), 0, 1, "a\nb");

        Assert.Contains("without a line end", error.Message, StringComparison.Ordinal);
        Assert.Empty(Lines);
        Assert.Empty(Directory.GetFiles(Out));
    }

    [Fact]
    public async Task Csv_quotes_what_must_be_and_names_the_columns()
    {
        var format = FileSinkFormat.Csv<(string? Name, double Value)>(escapeFormulas: true, ("na,me", row => row.Name), ("value", row => row.Value));
        using var harness = new SinkHarness<(string?, double)>(new FileSink<(string?, double)>(Out, format));

        await harness.Deliver(harness.Open(), 0, 1, ("plain", -1.5), ("say \"hi\", twice", 2), ("two\nlines", 3), (null, 4), ("", 5), ("=cmd|x", 6), (" edge", 7));

        Assert.Equal(
            "\"na,me\",value\nplain,-1.5\n\"say \"\"hi\"\", twice\",2\n\"two\nlines\",3\n,4\n\"\",5\n'=cmd|x,6\n\" edge\",7\n",
            File.ReadAllText(Path.Combine(Out, "part-0-1.csv")));
    }

    [Fact]
    public void File_in_the_place_of_the_directory_is_refused()
    {
        File.WriteAllText(Path.Combine(_root, "deep"), "");

        Refused(Sink(), "a directory expected, a file found");
        Refused(Sink(Path.Combine(_root, "deep")), "a directory expected, a file found");
    }

    [Fact]
    public void Directory_that_can_not_be_written_is_refused() => Refused(Sink("/proc/millrace"), "a directory to write expected");

    [Fact]
    public void Directory_of_another_job_or_sink_is_refused()
    {
        using var harness = new SinkHarness<string>(Sink());
        harness.Open().ReadWatermark();

        Refused(Sink(), "one of job job, sink sink found", job: "other");
        Refused(Sink(), "of job job, sink other expected", @operator: "other");
    }

    [Fact]
    public async Task Damaged_manifest_is_refused()
    {
        using var harness = new SinkHarness<string>(Sink());
        await harness.Deliver(harness.Open(), 0, 1, "a");
        var manifest = Path.Combine(Out, "_millrace", "0", "0");
        var written = File.ReadAllBytes(manifest);
        for (var bit = 0; bit < written.Length * 8; bit++)
        {
            var damaged = written.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(manifest, damaged);
            Assert.Throws<JobFailedException>(() => new FileSinkReader(Out).Files());
        }

        for (var length = 0; length < written.Length; length++)
        {
            File.WriteAllBytes(manifest, written[..length]);
            Assert.Throws<JobFailedException>(() => new FileSinkReader(Out).Files());
        }

        Refused(Sink(), "epochs and files as they were committed expected, changed ones found (their checksum differs); restore it from a copy.");
    }

    [Fact]
    public async Task Manifest_that_names_a_file_elsewhere_is_refused()
    {
        using var harness = new SinkHarness<string>(Sink());
        await harness.Deliver(harness.Open(), 0, 1, "a");
        File.WriteAllBytes(Path.Combine(Out, "_millrace", "0", "0"), FileSinkEntry.Format([new(0, 1, [("../../etc/passwd", 1, 1)])]));

        Assert.Throws<JobFailedException>(() => new FileSinkReader(Out).Files());
    }

    [Fact]
    public async Task Reader_refuses_a_file_that_changed()
    {
        using var harness = new SinkHarness<string>(Sink());
        await harness.Deliver(harness.Open(), 0, 1, "a");
        File.AppendAllText(Path.Combine(Out, "part-0-1.txt"), "b\n");

        Assert.Contains("2 bytes expected", Assert.Throws<JobFailedException>(() => Lines.Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leftovers_of_a_killed_writer_are_removed()
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "part-0-1.txt.abc.tmp"), "a\n");
        File.WriteAllText(Path.Combine(Out, "part-1-1.txt.abc.tmp"), "of another partition");
        using var harness = new SinkHarness<string>(Sink());

        harness.Open().ReadWatermark();

        Assert.Equal(["part-1-1.txt.abc.tmp"], Directory.GetFiles(Out).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<GraphException>(() => Sink(options: new() { FileBytesMax = 1 }));
        Assert.Throws<GraphException>(() => Sink(options: new() { CompactEvery = 1 }));
        Assert.Throws<GraphException>(() => Sink(" "));
        Assert.Throws<GraphException>(() => new FileSinkFormat<string>("../x", (_, _) => { }));
        Assert.Throws<GraphException>(() => new FileSinkFormat<string>("tmp", (_, _) => { }));
    }

    private FileSink<string> Sink(string? directory = null, FileSinkOptions? options = null, Action<FileSinkStep>? afterStep = null) =>
        new(directory ?? Out, FileSinkFormat.Lines, options ?? new() { CompactEvery = 4 }) { AfterStep = afterStep };

    private static void Refused(FileSink<string> sink, string part, string job = "job", string @operator = "sink")
    {
        using var harness = new SinkHarness<string>(sink, 0, job, @operator);
        var error = Assert.Throws<JobFailedException>(() => harness.Open().ReadWatermark());
        Assert.DoesNotContain('\n', error.Message);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
