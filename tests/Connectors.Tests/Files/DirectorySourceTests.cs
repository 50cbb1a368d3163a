using Millrace.Connectors.Files;
using Millrace.Connectors.Lines;
using Millrace.Data;
using static Millrace.Connectors.Tests.Files.DirectoryHarness;

namespace Millrace.Connectors.Tests.Files;

public sealed class DirectorySourceTests : IDisposable
{
    private const long SecondMs = 1000;
    private const long HourMs = 3600 * SecondMs;

    private readonly DirectoryHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void Wrong_arguments_are_refused_in_one_line()
    {
        Action[] wrong =
        [
            () => _ = new DirectorySource<string>(" ", new LineFormat()),
            () => _ = new DirectorySource<string>("in", new LineFormat(), new() { RememberWindow = TimeSpan.Zero }),
            () => _ = new DirectorySource<string>("in", new LineFormat(), new() { RememberWindow = TimeSpan.MaxValue }),
            () => _ = new LineFormat(0),
            () => _ = new LineFormat(1, (LinePolicy)7),
            () => _ = new FixedLengthFormat(0),
        ];

        Assert.All(wrong, act => Assert.DoesNotContain('\n', Assert.Throws<GraphException>(act).Message));
    }

    [Fact]
    public void New_files_belong_to_the_epoch_that_finds_them_in_order_of_time_and_name()
    {
        var reader = _harness.OpenText();
        _harness.Write("b", "b1\nb2\n", StartMs - 1);
        _harness.Write("c", "c1\r\nc2", StartMs - 2);
        _harness.Write("a", "a1\n", StartMs - 1);

        var first = Poll(reader, 1);
        _harness.Write("d", "d1", StartMs + 1);
        Assert.Equal(first, Poll(reader, 1));
        var second = Poll(reader, 2, StartMs + SecondMs);

        Assert.Equal(["c1", "c2", "a1", "b1", "b2"], Read(reader, 0, first));
        Assert.Equal(["d1"], Read(reader, first, second));
        Assert.Equal(second, Poll(reader, 3, StartMs + 2 * SecondMs));
        Assert.False(reader.IsFinished);
    }

    [Fact]
    public void Files_of_the_suite_of_Spark_go_to_their_batches()
    {
        const long Batch = 2 * SecondMs;
        const long ExistingMs = 10_000;
        _harness.Write("0", "0\n", ExistingMs);
        var start = DateTimeOffset.FromUnixTimeMilliseconds(ExistingMs + Batch);
        var readers = new[] { true, false }.Select(isNewOnly => _harness.OpenText(new() { NewFilesOnly = isNewOnly, NewerThan = start })).ToArray();
        var found = readers.Select(_ => new List<string>()).ToArray();

        for (var i = 1; i <= 5; i++)
        {
            var nowMs = ExistingMs + Batch + Batch / 2 + i * Batch;
            _harness.Write($"{i}", $"{i}\n", nowMs - Batch);
            for (var r = 0; r < 2; r++)
            {
                var from = found[r].Count * 2;
                found[r].AddRange(Read(readers[r], from, Poll(readers[r], i, nowMs)));
            }
        }

        Assert.Equal(["1", "2", "3", "4", "5"], found[0]);
        Assert.Equal(["0", "1", "2", "3", "4", "5"], found[1]);
    }

    [Fact]
    public void Files_older_than_the_remember_window_before_the_start_are_left_alone()
    {
        _harness.Write("old", "old", StartMs - 60 * SecondMs);
        _harness.Write("young", "young", StartMs - 60 * SecondMs + 1);
        var reader = _harness.OpenText();

        Assert.Equal(["young"], Read(reader, 0, Poll(reader, 1)));
    }

    [Fact]
    public void All_files_are_taken_where_not_only_new_ones_are_wanted()
    {
        _harness.Write("ancient", "ancient", 1000);
        var reader = _harness.OpenText(new() { NewFilesOnly = false });

        var first = Poll(reader, 1);
        Assert.Equal(["ancient"], Read(reader, 0, first));
        Assert.Equal(first, Poll(reader, 2, StartMs + SecondMs));
        Assert.Equal(first, Poll(reader, 3, StartMs + 100 * SecondMs));
    }

    [Fact]
    public void File_modified_after_the_planned_time_waits_for_its_epoch()
    {
        var reader = _harness.OpenText();
        _harness.Write("early", "early", StartMs + 500);

        Assert.Equal(0, Poll(reader, 1));
        Assert.Equal(["early"], Read(reader, 0, Poll(reader, 2, StartMs + SecondMs)));
    }

    [Fact]
    public void File_modified_after_the_present_does_not_wait_for_a_time_that_may_never_come_and_is_taken_once()
    {
        var reader = _harness.OpenText();
        _harness.Write("ahead", "ahead", DateTimeOffset.UtcNow.AddYears(10).ToUnixTimeMilliseconds());

        var end = Poll(reader, 1);

        Assert.Equal(["ahead"], Read(reader, 0, end));
        Assert.Equal(end, Poll(reader, 2, StartMs + (HourMs / 2)));
        Assert.Equal(end, Poll(reader, 3, DateTimeOffset.UtcNow.AddYears(1).ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void Hidden_unfinished_filtered_and_empty_files_and_directories_give_nothing()
    {
        _harness.Write(".hidden", "x");
        _harness.Write("half._COPYING_", "x");
        _harness.Write("other.csv", "x");
        _harness.Write("empty.txt", "");
        _harness.Write("good.txt", "good");
        Directory.CreateDirectory(Path.Combine(_harness.Watched, "sub.txt"));
        var reader = _harness.OpenText(new() { Filter = path => path.EndsWith(".txt", StringComparison.Ordinal) });

        Assert.Equal(["good"], Read(reader, 0, Poll(reader, 1)));
        Assert.Empty(_harness.Warnings);
    }

    [Fact]
    public void Filter_that_throws_fails_the_job_and_is_named()
    {
        _harness.Write("a", "x");
        var reader = _harness.OpenText(new() { Filter = _ => throw new FormatException("no\nfilter") });

        var error = Fails(() => Poll(reader, 1));

        Assert.Contains("FormatException", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_is_taken_once_and_again_only_when_modified_behind_the_window()
    {
        var reader = _harness.OpenText();
        _harness.Write("a", "1", StartMs);
        Assert.Equal(1, Poll(reader, 1));

        _harness.Write("a", "22", StartMs + SecondMs);
        Assert.Equal(1, Poll(reader, 2, StartMs + SecondMs));
        // The name is forgotten once its first modification lies behind the window of the last listing.
        Assert.Equal(1, Poll(reader, 3, StartMs + 61 * SecondMs));
        _harness.Write("a", "333", StartMs + 62 * SecondMs);
        Assert.Equal(4, Poll(reader, 4, StartMs + 62 * SecondMs));
    }

    [Fact]
    public void Pause_longer_than_the_window_loses_no_file()
    {
        var reader = _harness.OpenText();
        Poll(reader, 1);
        _harness.Write("a", "a", StartMs + SecondMs);

        Assert.Equal(["a"], Read(reader, 0, Poll(reader, 2, StartMs + 1000 * SecondMs)));
    }

    [Fact]
    public void Splits_share_the_files()
    {
        for (var i = 0; i < 100; i++)
            _harness.Write($"file {i}", $"{i}");

        var shares = Enumerable.Range(0, 3).Select(split => _harness.OpenText(split: split, splits: 3)).Select(reader => Read(reader, 0, Poll(reader, 1))).ToArray();

        Assert.Equal(Enumerable.Range(0, 100), shares.SelectMany(share => share).Select(int.Parse).Order());
        Assert.All(shares, share => Assert.InRange(share.Count, 10, 60));
    }

    [Fact]
    public void Large_files_are_read_in_batches_again_alike_until_released()
    {
        string[] lines = [.. Enumerable.Range(0, 50_000).Select(i => i % 7 == 0 ? "" : $"line {i}")];
        _harness.Write("a", string.Join('\n', lines) + "\n", StartMs - 1);
        _harness.Write("b", "last");
        var reader = _harness.OpenText();
        var end = Poll(reader, 1);

        var first = Read(reader, 0, end);
        var second = Read(reader, 0, end);

        Assert.Equal([.. lines, "last"], first);
        Assert.Equal(first, second);
        reader.Release(end - 4);
        Assert.Equal(["last"], Read(reader, end - 4, end));
        Assert.Throws<InvalidOperationException>(() => reader.Read(0, end, out _));
    }

    [Fact]
    public void Reading_goes_on_from_every_place_that_was_given()
    {
        _harness.Write("a", new string('\n', 5000) + new string('x', 100_000) + "\nend");
        var reader = _harness.OpenText();
        var end = Poll(reader, 1);
        var whole = Read(reader, 0, end);
        var rows = 0;
        for (var from = 0L; from < end;)
        {
            var batch = reader.Read(from, end, out var next);
            rows += batch?.Count ?? 0;
            Assert.Equal(whole[rows..], next < end ? Read(reader, next, end) : []);
            batch?.Release();
            from = next;
        }
    }

    [Fact]
    public void Binary_records_have_one_length()
    {
        var bytes = Enumerable.Range(0, 100_000 * 10).Select(i => (byte)(i * 31)).ToArray();
        _harness.Write("a", bytes);
        var reader = _harness.Open(new FixedLengthFormat(10));

        var records = Read(reader, 0, Poll(reader, 1));

        Assert.All(records, record => Assert.Equal(10, record.Length));
        Assert.Equal(bytes, records.SelectMany(record => record));
    }
}
