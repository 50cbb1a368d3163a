using System.Diagnostics;
using Millrace.Connectors.Files;
using static Millrace.Connectors.Tests.Files.DirectoryHarness;

namespace Millrace.Connectors.Tests.Files;

public sealed class DirectoryRestartTests : IDisposable
{
    private const long SecondMs = 1000;
    private const long HourMs = 3600 * SecondMs;

    private readonly DirectoryHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [MemberData(nameof(KillPoints))]
    public void Killed_at_any_point_each_file_is_read_once_in_the_epoch_that_found_it(int killAt, int inflight)
    {
        var epochs = new PlannedEpochs(_harness);
        var step = 0;
        for (var epoch = 1; epoch <= 6; epoch++)
        {
            // Why an epoch without a file: its end is that of the one before.
            if (epoch != 3)
                _harness.Write($"file {epoch}", $"row {epoch}\n", StartMs + (epoch * SecondMs));
            KillIfDue();
            epochs.Plan(StartMs + (epoch * SecondMs));
            KillIfDue();
            epochs.Read();
            KillIfDue();
            if (epoch >= inflight)
                epochs.Commit();
            KillIfDue();
        }

        epochs.Plan(StartMs + (7 * SecondMs));
        epochs.Read();
        Assert.Equal([["row 1"], ["row 2"], [], ["row 4"], ["row 5"], ["row 6"], []], epochs.Rows.Values);

        void KillIfDue()
        {
            if (killAt < 0 || step++ == killAt)
                epochs.Kill();
        }
    }

    public static TheoryData<int, int> KillPoints()
    {
        var points = new TheoryData<int, int>();
        for (var inflight = 1; inflight <= 3; inflight++)
        {
            for (var killAt = -1; killAt < 24; killAt++)
                points.Add(killAt, inflight);
        }

        return points;
    }

    [Fact]
    public void Files_that_came_while_nothing_ran_belong_to_the_first_epochs_afterwards()
    {
        var options = new DirectorySourceOptions { NewerThan = DateTimeOffset.FromUnixTimeMilliseconds(StartMs - SecondMs) };
        var epochs = new PlannedEpochs(_harness, options);
        _harness.Write("before", "before");
        epochs.Plan(StartMs);
        epochs.Read();
        epochs.Commit();

        epochs.Kill(() =>
        {
            _harness.Write("soon", "soon", StartMs + SecondMs);
            _harness.Write("late", "late", StartMs + HourMs);
        });
        epochs.Plan(StartMs + SecondMs);
        epochs.Plan(StartMs + HourMs);
        epochs.Read();

        Assert.Equal([["before"], ["soon"], ["late"]], epochs.Rows.Values);
    }

    [Fact]
    public void Moment_given_anew_at_a_restart_hides_no_file_that_came_while_nothing_ran()
    {
        var reader = _harness.OpenText(new() { NewerThan = At(StartMs) });
        Assert.Equal(0, Poll(reader, 1, StartMs));
        var progress = new SplitProgress(0, reader.PositionAt(0), []);
        _harness.Write("down", "down", StartMs + SecondMs);

        var later = _harness.Resume(progress, new() { NewerThan = At(StartMs + HourMs) });

        Assert.Equal(["down"], Read(later, 0, Poll(later, 2, StartMs + HourMs)));

        static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
    }

    [Fact]
    public void First_epoch_that_found_nothing_still_says_from_when_on_files_are_new()
    {
        var epochs = new PlannedEpochs(_harness);
        epochs.Plan(StartMs);

        epochs.Kill(() => _harness.Write("down", "down", StartMs + SecondMs));
        epochs.Plan(StartMs + HourMs);
        epochs.Read();

        Assert.Equal([[], ["down"]], epochs.Rows.Values);
    }

    [Fact]
    public void Epoch_that_was_polled_and_not_planned_finds_its_files_again()
    {
        var epochs = new PlannedEpochs(_harness);
        epochs.Plan(StartMs - SecondMs);
        _harness.Write("a", "a", StartMs);
        epochs.PollInVain(StartMs);

        epochs.Kill();
        epochs.Plan(StartMs);
        epochs.Read();

        Assert.Equal([[], ["a"]], epochs.Rows.Values);
    }

    [Fact]
    public void Epoch_that_was_polled_twice_describes_the_files_of_both_polls()
    {
        var epochs = new PlannedEpochs(_harness);
        _harness.Write("a", "a", StartMs);
        epochs.PollInVain(StartMs);
        _harness.Write("b", "b", StartMs + 1);
        epochs.Plan(StartMs + 1);

        epochs.Kill();
        epochs.Read();

        Assert.Equal([["a", "b"]], epochs.Rows.Values);
    }

    [Fact]
    public void Names_within_the_window_are_remembered_over_a_chain_of_restarts_and_older_ones_forgotten()
    {
        var epochs = new PlannedEpochs(_harness);
        for (var epoch = 1; epoch <= 100; epoch++)
        {
            var nowMs = StartMs + (epoch * 10 * SecondMs);
            _harness.Write($"{epoch}", $"{epoch}", nowMs - (epoch % 3 * 10 * SecondMs));
            epochs.Plan(nowMs);
            epochs.Kill();
            epochs.Read();
            epochs.Commit();
            epochs.Kill();
        }

        Assert.Equal(Enumerable.Range(1, 100).Select(epoch => new[] { $"{epoch}" }), epochs.Rows.Values);
        Assert.InRange(DirectoryState.Parse(epochs.Progress.Position!).Files.Count, 4, 10);
    }

    [Fact]
    public void Names_of_any_characters_go_to_their_files_again()
    {
        if (OperatingSystem.IsWindows())
            return;
        string[] names = ["a\tb", "c\nd", "1 2 3:x|", "|", "-", "\u00E9\uD83D\uDE00", " ", "5 1:a|7 2:b"];
        foreach (var name in names)
            _harness.Write(name, name.Replace('\n', ' '));
        var epochs = new PlannedEpochs(_harness);
        epochs.Plan(StartMs);

        epochs.Kill();
        epochs.Read();
        epochs.Commit();
        epochs.Kill();
        epochs.Plan(StartMs + SecondMs);
        epochs.Read();

        Assert.Equal(names.Select(name => name.Replace('\n', ' ')).Order(StringComparer.Ordinal), epochs.Rows[1].Order(StringComparer.Ordinal));
        Assert.Empty(epochs.Rows[2]);
    }

    [Fact]
    public void What_was_ignored_is_warned_of_once_over_a_restart()
    {
        File.CreateSymbolicLink(Path.Combine(_harness.Watched, "dangling"), "nowhere");
        Run("touch", "-h", "-d", $"@{StartMs / SecondMs}", Path.Combine(_harness.Watched, "dangling"));
        var epochs = new PlannedEpochs(_harness);
        epochs.Plan(StartMs);
        epochs.Kill();
        epochs.Commit();
        epochs.Kill();

        epochs.Plan(StartMs + SecondMs);

        Assert.Single(_harness.Warnings);
    }

    [Fact]
    public void Link_of_a_planned_range_is_followed_again()
    {
        var sub = Directory.CreateDirectory(Path.Combine(_harness.Watched, "sub"));
        File.WriteAllText(Path.Combine(sub.FullName, "inside"), "inside");
        File.CreateSymbolicLink(Path.Combine(_harness.Watched, "link"), "sub/inside");
        Run("touch", "-h", "-d", $"@{StartMs / SecondMs}", Path.Combine(_harness.Watched, "link"));
        var epochs = new PlannedEpochs(_harness);
        epochs.Plan(StartMs);

        epochs.Kill();
        epochs.Read();

        Assert.Equal(["inside"], epochs.Rows[1]);
    }

    [Fact]
    public void Planned_file_that_vanished_while_nothing_ran_is_named()
    {
        var path = _harness.Write("a", "x");
        var epochs = new PlannedEpochs(_harness);
        epochs.Plan(StartMs);

        epochs.Kill(() => File.Delete(path));

        Assert.Contains($"file {path} was taken and it has vanished", Fails(epochs.Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Planned_file_that_shrank_while_nothing_ran_is_named()
    {
        var path = _harness.Write("a", "first\nsecond\n");
        var epochs = new PlannedEpochs(_harness);
        epochs.Plan(StartMs);

        epochs.Kill(() => _harness.Write("a", "first\n"));

        Assert.Contains($"file {path} was taken and it has shrunk from 13 to 6 bytes", Fails(epochs.Read).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2 - 0|")]
    [InlineData("1 x 0|")]
    [InlineData("1 - 0|5 1 9:short|")]
    [InlineData("1 - 0|5 1 1:a")]
    [InlineData("1 - 0|5 -1 1:a|")]
    [InlineData("")]
    public void Checkpoint_of_another_kind_is_refused_in_one_line(string position) =>
        Assert.Contains("checkpoint's list of files", Fails(() => _harness.Resume(new(3, position, []))).Message, StringComparison.Ordinal);

    [Fact]
    public void Planned_range_that_its_files_do_not_fill_is_refused() =>
        Assert.Contains("offset 9", Fails(() => _harness.Resume(new(0, null, [new(0, 9, "1 - 0|5 1 1:a|")]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Position_is_the_same_object_until_a_file_is_found_or_a_window_has_passed()
    {
        _harness.Write("a", "a");
        var reader = _harness.OpenText();
        var first = Position(1, StartMs);

        Assert.Same(first, Position(2, StartMs + SecondMs));
        Assert.Same(first, Position(3, StartMs + (59 * SecondMs)));
        _harness.Write("b", "b", StartMs + (59 * SecondMs));
        var second = Position(4, StartMs + (59 * SecondMs) + 1);
        Assert.NotEqual(first, second);
        Assert.Same(second, Position(5, StartMs + (60 * SecondMs)));
        Assert.NotSame(second, Position(6, StartMs + HourMs));

        string Position(long epoch, long nowMs)
        {
            var end = Poll(reader, epoch, nowMs);
            var position = reader.PositionAt(end)!;
            reader.Release(end);
            return position;
        }
    }

    [Fact]
    public void Hundred_thousand_names_are_written_and_read_again_quickly()
    {
        const int Names = 100_000;
        var memory = new DirectoryMemory(60 * SecondMs, first: 0) { ListedMs = StartMs };
        for (var name = 0; name < Names; name++)
            memory.Add(new($"part-{name:D10}.txt", StartMs, 1));
        memory.Mark(Names);

        var clock = Stopwatch.StartNew();
        var position = memory.PositionAt(Names)!;
        var again = new DirectoryMemory(60 * SecondMs, Names);
        again.Learn(DirectoryState.Parse(position), Names);
        for (var epoch = 0; epoch < 10_000; epoch++)
            Assert.Same(position, memory.PositionAt(Names));
        var tookMs = clock.ElapsedMilliseconds;

        Assert.Equal(Names, again.Count);
        Assert.Equal(position, again.PositionAt(Names));
        Assert.InRange(tookMs, 0, 3000);
    }
}
