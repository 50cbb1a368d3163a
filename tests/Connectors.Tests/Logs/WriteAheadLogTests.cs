using System.Text.RegularExpressions;
using Millrace.Connectors.Logs;
using Millrace.Data;
using Millrace.TestServers;

namespace Millrace.Connectors.Tests.Logs;

public sealed class WriteAheadLogTests : IDisposable
{
    private readonly WriteAheadHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Nothing_is_stored_or_offered_before_the_log_has_it_and_one_write_does_for_all_that_came_meanwhile()
    {
        Task[] stored;
        WriteAheadLife<string> life;
        using (_harness.Occupy())
        {
            life = _harness.Live();
            stored = [.. LogHarness.Records(0, 100).Select(record => life.Append(record))];
            Assert.Equal(0, life.End);
            Assert.False(Assert.Single(stored.Distinct()).IsCompleted);
        }

        await stored[0].WaitAsync(Waiting.Timeout);

        Assert.Equal(100, life.End);
        Assert.Equal(LogHarness.Records(0, 100), life.Read(0, 100));
    }

    /// <summary>A log that has nothing to write must not let go of the group that records may be added to.</summary>
    [Fact]
    public async Task What_comes_while_the_log_opens_is_stored_once()
    {
        const int Lives = 40;
        for (var number = 0; number < Lives; number++)
        {
            var life = _harness.Live();
            await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
            {
                for (var record = 0; record < 5; record++)
                    await life.Store($"{number} {thread} {record}");
            })));
            Assert.Equal(20 * (number + 1), life.End);
            await life.EndAsync();
        }
    }

    [Fact]
    public async Task Whatever_is_offered_is_on_disk_while_many_store_at_once()
    {
        const int Threads = 4;
        const int Blocks = 200;
        var life = _harness.Live(options: WriteAheadHarness.Small);
        await life.Store("first");
        var partition = new LogStore(_harness.Directory).Partition(0);
        var storing = Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var block = 0; block < Blocks; block++)
                await life.Store($"{thread} {block} a", $"{thread} {block} b");
        })));

        for (var offered = 0L; offered < 1 + (2 * Threads * Blocks) && !storing.IsFaulted;)
        {
            offered = life.End;
            using var disk = LogCursor.AtLast(partition)!;
            Assert.True(disk.SkipAll() >= offered, "what is offered is on disk");
        }

        await storing;
        var all = life.Read(0, life.End);
        _harness.Kill();
        Assert.Equal(all, _harness.Live(new(0, null, [new(0, all.Count, null)])).Read(0, all.Count));
        foreach (var thread in Enumerable.Range(0, Threads))
        {
            Assert.Equal(
                Enumerable.Range(0, Blocks).SelectMany(block => new[] { $"{thread} {block} a", $"{thread} {block} b" }),
                all.Where(record => record.StartsWith($"{thread} ", StringComparison.Ordinal)));
        }
    }

    [SkippableFact]
    public async Task A_full_disk_is_waited_for_and_nothing_is_lost_or_written_twice()
    {
        using var disk = new SmallDisk();
        using var harness = new WriteAheadHarness(Path.Combine(disk.Folder, "log"));
        var life = harness.Live(options: new() { SegmentBytes = 100 << 10 });
        var records = new List<string>();
        Task stored;
        do
        {
            records.Add($"{records.Count} {new string('x', 20 << 10)}");
            stored = life.Append(records[^1]);
            await Waiting.For(() => stored.IsCompleted || !harness.Warnings.IsEmpty, "a record to be stored or the disk to be full");
        }
        while (harness.Warnings.IsEmpty);
        records.Add("behind");
        var behind = life.Append("behind");
        Assert.False(stored.IsCompleted || behind.IsCompleted);
        Assert.Equal(records.Count - 2, life.End);

        disk.FreeSpace();
        await Task.WhenAll(stored, behind).WaitAsync(Waiting.Timeout);

        Assert.Equal(records.Count, life.End);
        Assert.Equal(records, life.Read(0, records.Count));
        await life.EndAsync();
        Assert.Equal(records, harness.Live(new(0, null, [new(0, records.Count, null)])).Read(0, records.Count));
        Assert.Equal(
            [
                $"Source receiver test: the disk of its write-ahead log in {harness.Directory} is full; make room there: nothing is received until then.",
                $"Source receiver test: its write-ahead log in {harness.Directory} has room again, and goes on.",
            ],
            harness.Warnings);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_log_is_opened_once_its_disk_has_room_or_given_up_by_its_end(bool getsRoom)
    {
        using var disk = new SmallDisk();
        using var harness = new WriteAheadHarness(Path.Combine(disk.Folder, "log"));
        disk.Fill();
        var life = harness.Live();
        var stored = life.Append("a");
        await Waiting.For(() => !harness.Warnings.IsEmpty, "the disk to be full");

        if (getsRoom)
            disk.FreeSpace();
        else
            await life.EndAsync();

        if (getsRoom)
            await stored.WaitAsync(Waiting.Timeout);
        else
            await Assert.ThrowsAsync<SourceFailedException>(() => stored.WaitAsync(Waiting.Timeout));
    }

    [Fact]
    public async Task After_a_kill_planned_ranges_are_read_from_disk_and_the_rest_is_offered_again()
    {
        var first = _harness.Live();
        await first.Store([.. LogHarness.Records(0, 10)]);
        _harness.Kill();

        WriteAheadLife<string> second;
        using (_harness.Occupy())
        {
            // Planned ranges need no open log: they are on disk, or they would not have been planned.
            second = _harness.Live(first.Progress(4, 6, 7));
            Assert.Equal(7, second.End);
            Assert.Equal(LogHarness.Records(4, 6), second.Read(4, 6));
        }

        await second.OfferedAtLeast(10);
        await second.Store([.. LogHarness.Records(10, 12)]);

        Assert.Equal(12, second.End);
        Assert.Equal(LogHarness.Records(6, 12), second.Read(6, 12));
        Assert.Equal(LogHarness.Records(4, 12), second.Read(4, 12));
        second.Reader.Release(11);
        Assert.Equal(["r11"], second.Read(11, 12));
    }

    [Fact]
    public async Task Process_killed_before_its_first_plan_loses_nothing()
    {
        await _harness.Live().Store("a", "b");
        _harness.Kill();

        var second = _harness.Live();
        await second.OfferedAtLeast(2);

        Assert.Equal(["a", "b"], second.Read(0, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(12)]
    public async Task Block_half_written_at_the_kill_is_cut_and_told_of(int bytesMissing)
    {
        // A frame of length and checksum, the length of the text, the text.
        var bytesOf = 8 + 1 + "half of it".Length - bytesMissing;
        var first = _harness.Live();
        await first.Store("a", "b");
        await first.Store("half of it");
        _harness.Kill();
        var path = _harness.Segments[^1];
        long end;
        using (var segment = File.OpenWrite(path))
            segment.SetLength(end = segment.Length - bytesMissing);

        var second = _harness.Live(first.Progress(0, 2));
        await second.Store("c");

        Assert.Equal(["a", "b", "c"], second.Read(0, second.End));
        var warning = Assert.Single(_harness.Warnings);
        Assert.Matches($@"^Source receiver test: .*, {bytesOf} bytes of one found behind byte {end - bytesOf} of {Regex.Escape(path)} \(offset 2\); they are cut off", warning);
        Assert.Equal(["torn at the end of the write-ahead log"], _harness.Skipped);

        // Told once: what is cut off is gone.
        _harness.Kill();
        await _harness.Live(second.Progress(0, 3)).OfferedAtLeast(3);
        Assert.Single(_harness.Warnings);
    }

    [Fact]
    public async Task Released_segments_are_removed_and_those_with_a_record_that_is_not_are_kept()
    {
        var life = _harness.Live(options: WriteAheadHarness.Small);
        for (var record = 0; record < 500; record++)
            await life.Store($"r{record}");
        var second = FirstOf(_harness.Segments[1]);
        Assert.InRange(_harness.Segments.Length, 3, int.MaxValue);

        life.Reader.Release(second - 1);
        await life.Store("r500");
        Assert.Equal(0, FirstOf(_harness.Segments[0]));

        life.Reader.Release(500);
        await _harness.OneSegmentIsLeft();
        _harness.Kill();
        var next = _harness.Live(life.Progress(500));
        await next.OfferedAtLeast(501);
        Assert.Equal(["r500"], next.Read(500, 501));
    }

    [Fact]
    public async Task What_was_released_by_a_process_that_is_gone_is_removed_at_the_next_opening()
    {
        var life = _harness.Live(options: WriteAheadHarness.Small);
        for (var record = 0; record < 200; record++)
            await life.Store($"r{record}");
        _harness.Kill();
        Assert.InRange(_harness.Segments.Length, 3, int.MaxValue);

        await _harness.Live(life.Progress(200), WriteAheadHarness.Small).Store("r200");

        await _harness.OneSegmentIsLeft();
    }

    [Fact]
    public async Task Disk_that_refuses_ends_the_source_and_nothing_more_is_acknowledged()
    {
        var life = _harness.Live(options: WriteAheadHarness.Small);
        await life.Store("r0");
        // A directory where the next segment should be, wherever that is.
        for (var first = 1; first < 1000; first++)
            Directory.CreateDirectory(Path.Combine(_harness.Partition, $"{first:D20}.log"));
        var acknowledged = 1;
        SourceFailedException? refused = null;
        for (; refused is null; acknowledged += refused is null ? 1 : 0)
            refused = await Record.ExceptionAsync(() => life.Store($"r{acknowledged}")) as SourceFailedException;

        Assert.StartsWith($"Source receiver test: its write-ahead log in {_harness.Directory} can't go on: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(refused.Message, (await life.FailureAsync()).Message);
        await Assert.ThrowsAsync<SourceFailedException>(() => life.Store("late"));

        for (var first = 1; first < 1000; first++)
            Directory.Delete(Path.Combine(_harness.Partition, $"{first:D20}.log"));
        var next = _harness.Live();
        await next.OfferedAtLeast(acknowledged);
        Assert.Equal(LogHarness.Records(0, acknowledged), next.Read(0, acknowledged));
        Assert.DoesNotContain("late", next.Read(0, next.End));
    }

    [Fact]
    public async Task Directory_that_can_not_be_made_ends_the_source()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_harness.Directory)!);
        await File.WriteAllTextAsync(_harness.Directory, "");

        var life = _harness.Live();

        await Assert.ThrowsAsync<SourceFailedException>(() => life.Store("a"));
        Assert.Contains(_harness.Directory, (await life.FailureAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_record_that_a_plan_needs_is_named()
    {
        var first = _harness.Live(options: WriteAheadHarness.Small);
        for (var record = 0; record < 200; record++)
            await first.Store($"r{record}");
        _harness.Kill();
        Flip(_harness.Segments[0], at: 100);

        var second = _harness.Live(first.Progress(0, 200));
        await second.OfferedAtLeast(200);

        var failure = Assert.Throws<SourceFailedException>(() => second.Read(0, 200));
        Assert.Contains(Path.GetFileName(_harness.Segments[0]), failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("Source receiver test: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_damaged_before_its_last_record_is_not_cut_there()
    {
        var first = _harness.Live();
        await first.Store([.. LogHarness.Records(0, 20)]);
        _harness.Kill();
        Flip(_harness.Segments[0], at: 50);

        var failure = await _harness.Live(first.Progress(0, 20)).FailureAsync();

        Assert.Contains("an intact record expected", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_harness.Skipped);
    }

    [Fact]
    public async Task Log_without_records_that_are_planned_is_refused()
    {
        var life = _harness.Live(new(0, null, [new(0, 5, null)]));

        await Waiting.For(() => Record.Exception(() => life.End) is not null, "the log to be opened");

        var failure = Assert.Throws<SourceFailedException>(() => life.End).Message;
        Assert.Equal("Source receiver test: 5 records expected in its write-ahead log, since they are planned, 0 found; put the log there that belongs to the checkpoint or savepoint.", failure);
        Assert.Equal(failure, Assert.Throws<SourceFailedException>(() => life.Read(0, 5)).Message);
    }

    [Fact]
    public async Task Log_of_another_checkpoint_is_refused()
    {
        var life = _harness.Live(options: WriteAheadHarness.Small);
        for (var record = 0; record < 200; record++)
            await life.Store($"r{record}");
        life.Reader.Release(200);
        await _harness.OneSegmentIsLeft();
        _harness.Kill();

        var failure = await _harness.Live().FailureAsync();

        Assert.Contains("record 0 expected", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoint_written_without_the_log_is_refused()
    {
        var failure = Assert.Throws<SourceFailedException>(() => _harness.Live(new(3, null, [])));

        Assert.Contains("written without found", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_that_is_there_can_not_be_switched_off_without_a_word()
    {
        Assert.Null(WriteAheadLog<string>.Of(isOn: false, "receiver test", _harness.Context()));
        await _harness.Live().Store("a");

        var refusal = Assert.Throws<GraphException>(() => WriteAheadLog<string>.Of(isOn: false, "receiver test", _harness.Context()));

        Assert.Contains(_harness.Directory, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_that_has_changed_reads_what_the_former_one_wrote()
    {
        var first = _harness.Live<Order>();
        await first.Store(new Order(1), new Order(2));
        _harness.Kill();
        var second = _harness.Live<NotedOrder>(first.Progress(0, 1));
        await second.Store(new NotedOrder(3, "three"));
        Assert.Equal([new(1), new(2), new(3, "three")], second.Read(0, 3));
        _harness.Kill();

        var third = _harness.Live<NotedOrder>(second.Progress(1, 3));
        await third.Store(new NotedOrder(4));

        Assert.Equal([new(2), new(3, "three"), new(4)], third.Read(1, 4));
    }

    [Fact]
    public async Task Program_that_can_not_read_what_the_former_one_wrote_says_so()
    {
        var first = _harness.Live();
        await first.Store("text");
        _harness.Kill();

        var second = _harness.Live<int>(first.Progress(0, 1));

        Assert.Contains("text written, int expected", Assert.Throws<SourceFailedException>(() => second.Read(0, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_that_can_not_be_written_ends_the_source()
    {
        var life = _harness.Live<Order>();

        var failure = await Assert.ThrowsAsync<SourceFailedException>(() => life.Store(new Order(1), new RushOrder(2)));

        Assert.Contains("RushOrder", failure.Message, StringComparison.Ordinal);
        Assert.Throws<SourceFailedException>(() => life.End);
    }

    [Fact]
    public void Type_that_can_not_be_written_is_refused_at_once()
    {
        var refusal = Assert.Throws<GraphException>(() => _harness.Live<Action>());

        Assert.StartsWith("Source receiver test, write-ahead log: Action: a type that can be written expected", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_goes_from_one_reader_to_the_next_in_one_process()
    {
        for (var reader = 0; reader < 5; reader++)
        {
            var life = _harness.Live(new(0, null, [new(0, reader, null)]));
            await life.Store($"r{reader}");
            Assert.Equal(LogHarness.Records(0, reader + 1), life.Read(0, life.End));
            // Not waited for: the next one waits.
            life.Dispose();
        }
    }

    private static long FirstOf(string segment) => long.Parse(Path.GetFileNameWithoutExtension(segment));

    private static void Flip(string file, int at)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[at] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private record Order(int Id);

    private sealed record RushOrder(int Id) : Order(Id);

    private sealed record NotedOrder(int Id, string Note = "none");
}
