using System.Diagnostics;
using System.Text;
using Millrace.Connectors.Files;
using Millrace.Connectors.Lines;
using static Millrace.Connectors.Tests.Files.DirectoryHarness;

namespace Millrace.Connectors.Tests.Files;

public sealed class DirectoryBadInputTests : IDisposable
{
    private readonly DirectoryHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void Directory_that_does_not_exist_fails_the_start()
    {
        Directory.Delete(_harness.Watched);

        var error = Fails(() => _harness.OpenText());

        Assert.Contains($"directory {_harness.Watched}: it does not exist, a directory expected; make it, or correct the path.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_that_is_a_file_fails_the_start()
    {
        Directory.Delete(_harness.Watched);
        File.WriteAllText(_harness.Watched, "x");

        Assert.Contains("a directory expected", Fails(() => _harness.OpenText()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_that_vanishes_is_warned_of_once_and_gives_files_when_it_is_back()
    {
        var reader = _harness.OpenText();
        Poll(reader, 1);
        Directory.Delete(_harness.Watched);
        Assert.Equal(0, Poll(reader, 2, StartMs + 1000));
        Assert.Equal(0, Poll(reader, 3, StartMs + 2000));
        Assert.Contains("until it is back", Assert.Single(_harness.Warnings), StringComparison.Ordinal);

        Directory.CreateDirectory(_harness.Watched);
        _harness.Write("a", "back", StartMs + 3000);

        Assert.Equal(["back"], Read(reader, 0, Poll(reader, 4, StartMs + 100_000)));
    }

    [Fact]
    public void Binary_file_with_half_a_record_fails_the_job_and_is_named()
    {
        _harness.Write("odd\nname", [1, 2, 3]);
        var reader = _harness.Open(new FixedLengthFormat(2));

        var error = Fails(() => Poll(reader, 1));

        Assert.Contains("odd\uFFFDname: 3 bytes found, a multiple of the record length 2 expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_and_oversized_lines_are_counted_once_though_read_twice()
    {
        _harness.Write("a", Encoding.Latin1.GetBytes("\u00FF\n" + new string('x', 200_000) + "\nlast"));
        var reader = _harness.OpenText(format: new LineFormat(1000));
        var end = Poll(reader, 1);

        Assert.Equal(["\uFFFD", "last"], Read(reader, 0, end));
        Assert.Equal(["\uFFFD", "last"], Read(reader, 0, end));

        Assert.Equal(1, _harness.Skipped[LineSplitter.InvalidUtf8]);
        Assert.Equal(1, _harness.Skipped[LineSplitter.OversizedLine]);
    }

    [Fact]
    public void Oversized_line_fails_the_job_where_the_policy_says_so()
    {
        _harness.Write("a", "12345");
        var reader = _harness.OpenText(format: new LineFormat(4, LinePolicy.Fail));
        var end = Poll(reader, 1);

        Assert.Contains($"file {Path.Combine(_harness.Watched, "a")}", Fails(() => reader.Read(0, end, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Taken_file_that_vanished_fails_the_job()
    {
        var path = _harness.Write("a", "x");
        var reader = _harness.OpenText();
        var end = Poll(reader, 1);
        File.Delete(path);

        Assert.Contains($"file {path} was taken and it has vanished", Fails(() => reader.Read(0, end, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Taken_file_that_shrank_fails_the_job_and_one_that_grew_is_read_to_its_old_size()
    {
        _harness.Write("a", "first\n", StartMs - 1);
        _harness.Write("b", "second\n");
        var reader = _harness.OpenText();
        var end = Poll(reader, 1);
        _harness.Write("a", "first\nmore\n");
        _harness.Write("b", "sec");

        Assert.Equal(["first"], Read(reader, 0, 6));
        Assert.Contains("shrunk from 7 to 3 bytes", Fails(() => reader.Read(6, end, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Taken_file_without_permission_fails_the_job()
    {
        var path = _harness.Write("a", "x");
        var reader = _harness.OpenText();
        var end = Poll(reader, 1);
        if (Environment.IsPrivilegedProcess || OperatingSystem.IsWindows())
        {
            // Root reads everything; but a directory in the file's place is refused with the same error.
            File.Delete(path);
            Directory.CreateDirectory(path);
        }
        else
        {
            File.SetUnixFileMode(path, UnixFileMode.None);
        }

        Assert.Contains($"{path}", Fails(() => reader.Read(0, end, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_within_the_directory_are_followed_and_others_ignored_counted_and_warned_of_once()
    {
        File.WriteAllText(Path.Combine(_harness.Root, "secret"), "secret");
        var sub = Directory.CreateDirectory(Path.Combine(_harness.Watched, "sub"));
        File.WriteAllText(Path.Combine(sub.FullName, "inside"), "inside");
        Link("good", Path.Combine(sub.FullName, "inside"));
        Link("outside", Path.Combine(_harness.Root, "secret"));
        Link("relative", "sub/../../secret");
        Link("dangling", "nowhere");
        Link("loop", "loop");
        File.CreateSymbolicLink(Path.Combine(sub.FullName, "away"), Path.Combine(_harness.Root, "secret"));
        Link("twice", "sub/away");
        var reader = _harness.OpenText();

        var end = Poll(reader, 1);

        Assert.Equal(["inside"], Read(reader, 0, end));
        Assert.Equal(end, Poll(reader, 2, StartMs + 1000));
        Assert.Equal(5, _harness.Skipped[DirectoryListing.LinkOutside]);
        Assert.Equal(["dangling", "loop", "outside", "relative", "twice"], _harness.Warnings.Select(text => text.Split("file ")[1].Split(' ')[0]).Order());
    }

    [Fact]
    public void Directory_reached_by_a_link_has_its_files_inside()
    {
        var real = Path.Combine(_harness.Root, "real");
        Directory.Move(_harness.Watched, real);
        Directory.CreateSymbolicLink(_harness.Watched, real);
        _harness.Write("a", "a");
        Link("b", "a");
        var reader = _harness.OpenText();

        Assert.Equal(["a", "a"], Read(reader, 0, Poll(reader, 1)));
        Assert.Empty(_harness.Warnings);
    }

    [Fact]
    public void Fifo_is_never_opened_neither_at_once_nor_behind_a_taken_file()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var fifo = Path.Combine(_harness.Watched, "fifo");
        Run("mkfifo", fifo);
        Touch(fifo, StartMs);
        var path = _harness.Write("a", "x");
        var reader = _harness.OpenText();

        var end = Poll(reader, 1);
        Assert.Equal(1, end);
        Assert.Equal(1, _harness.Skipped[DirectoryListing.NoRegularFile]);
        Assert.Contains("FIFO", Assert.Single(_harness.Warnings), StringComparison.Ordinal);

        File.Delete(path);
        Run("mkfifo", path);
        Assert.Contains("regular file no more", Fails(() => reader.Read(0, end, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_that_is_not_utf8_is_ignored_and_warned_of_once()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Run("sh", "-c", $"printf x > \"$(printf '{_harness.Watched}/bad\\377name')\"");
        _harness.Write("good\uFFFD", "good");
        var reader = _harness.OpenText();

        var end = Poll(reader, 1);

        Assert.Equal(["good"], Read(reader, 0, end));
        Assert.Equal(end, Poll(reader, 2, StartMs + 1000));
        Assert.Equal(1, _harness.Skipped[DirectoryListing.UnreadableName]);
        Assert.Single(_harness.Warnings);
        // What .NET can't name it can't delete.
        Run("rm", "-r", _harness.Watched);
    }

    [Fact]
    public void Many_files_are_listed_quickly_and_forgotten_behind_the_window()
    {
        // Why in memory where there is such a place: to make the files takes a disk much longer than to list them.
        const string Memory = "/dev/shm";
        var (parent, files) = Directory.Exists(Memory) ? (Memory, 100_000) : (null, 20_000);
        using var harness = new DirectoryHarness(parent);
        for (var i = 0; i < files; i++)
            File.WriteAllBytes(Path.Combine(harness.Watched, $"{i}"), i % 2 == 0 ? [] : [1]);
        var nowMs = new DateTimeOffset(File.GetLastWriteTimeUtc(Path.Combine(harness.Watched, $"{files - 1}"))).ToUnixTimeMilliseconds() + 1;
        var listing = new DirectoryListing("many", harness.Watched, new(), new(new(0), 1, _ => { }), TimeProvider.System);

        var clock = Stopwatch.StartNew();
        var found = listing.Take(nowMs);
        var tookMs = clock.ElapsedMilliseconds;

        Assert.Equal(files / 2, found.Count);
        Assert.Equal(files, listing.Memory.Count);
        Assert.InRange(tookMs, 0, 5000);
        for (var step = 1; step <= 2; step++)
        {
            listing.Memory.Mark(files);
            listing.Memory.Release(files);
            Assert.Empty(listing.Take(nowMs + (step * 61_000)));
        }

        Assert.Equal(0, listing.Memory.Count);
    }

    private void Link(string name, string target)
    {
        var path = Path.Combine(_harness.Watched, name);
        File.CreateSymbolicLink(path, target);
        Run("touch", "-h", "-d", $"@{StartMs / 1000}", path);
    }
}
