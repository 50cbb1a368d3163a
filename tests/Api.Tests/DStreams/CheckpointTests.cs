using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Millrace.Client;
using Millrace.Connectors.Batches;
using Millrace.Connectors.Rates;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;

namespace Millrace.Api.Tests.DStreams;

public sealed class CheckpointTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly ConcurrentQueue<string[]> _queue = new();

    private string Checkpoints => Path.Combine(_folder.FullName, "checkpoints");

    private string Journal => Path.Combine(Checkpoints, "journal.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Used_directory_is_gone_on_from_and_batches_missed_meanwhile_run_with_their_own_times()
    {
        _queue.Enqueue(["a"]);
        _queue.Enqueue(["a", "b"]);
        await using (var first = await CheckpointRun.CreateAsync(_clock))
        {
            var counts = Counts(first);
            await first.RunAsync(2);
            Assert.Equal([("a", 1L)], Sorted(counts[1000]));
            Assert.Equal([("a", 2L), ("b", 1L)], Sorted(counts[2000]));
        }

        Assert.True(File.Exists(Journal));
        _clock.Advance(TimeSpan.FromSeconds(3));
        _queue.Enqueue(["b"]);
        await using var second = await CheckpointRun.CreateAsync(_clock);
        var after = Counts(second);
        await second.CatchUpAsync();

        Assert.Equal([3000L, 4000, 5000], after.Keys.Where(time => time > 2000).Order());
        Assert.All(after.Where(batch => batch.Key > 2000), batch => Assert.Equal([("a", 2L), ("b", 2L)], Sorted(batch.Value)));
        Assert.Equal(5, second.Context.Job!.Committed.Number);
    }

    /// <summary>Its watermark is in memory alone: what it has is known from snapshots, and from an end in order.</summary>
    [Fact]
    public async Task A_sink_that_keeps_no_watermark_goes_on_behind_snapshots_and_repeats_nothing_after_a_graceful_stop()
    {
        var written = new ConcurrentQueue<(long Epoch, long Value)>();
        for (var life = 1; life <= 3; life++)
        {
            await using var run = await CheckpointRun.CreateAsync(_clock, new JobOptions { Parallelism = 1, SnapshotInterval = TimeSpan.FromSeconds(1) });
            GetOrCreate(run, () =>
            {
                var rows = run.Context.RateStream(3);
                rows.SaveTo(new ForeachBatchSink<RateRow>((batch, epoch) =>
                {
                    foreach (var row in batch)
                        written.Enqueue((epoch, row.Value));
                }));
                run.Collect(rows);
            });
            await run.Context.StartAsync();
            for (var batch = 0; batch < 4; batch++)
            {
                _clock.Advance(run.Context.BatchDuration);
                await run.CatchUpAsync();
            }

            await run.Context.StopAsync(graceful: true).WaitAsync(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(Enumerable.Range(0, written.Count).Select(value => (long)value), written.Select(row => row.Value));
        Assert.InRange(written.Count, 30, 36);
    }

    [Fact]
    public async Task Checkpoint_on_a_directory_that_holds_one_is_refused()
    {
        await RunOnceAsync();
        await using var second = await CheckpointRun.CreateAsync(_clock);
        Build(second);
        second.Context.Checkpoint(Checkpoints);

        var failure = await Assert.ThrowsAsync<GraphException>(second.CatchUpAsync);

        Assert.Equal(
            $"Checkpoint directory {Checkpoints}: an empty one expected, a checkpoint found; go on from it with GetOrCreate, or choose another directory.",
            failure.Message);
    }

    [Fact]
    public async Task Batches_of_another_length_are_refused_since_windows_count_in_them()
    {
        await RunOnceAsync();
        await using var host = await MillraceHost.StartEmbeddedAsync(options => (options.Clock, options.StopsOnSignal) = (_clock, false));
        await using var context = StreamingContext.GetOrCreate(Checkpoints, () =>
        {
            var context = new StreamingContext(host, TimeSpan.FromSeconds(2), new JobOptions { Parallelism = 2 });
            Running(context.QueueStream(_queue).Map(word => (word, 1L))).ForeachRDD(_ => { });
            return context;
        });

        var failure = await Assert.ThrowsAnyAsync<MillraceException>(async () =>
        {
            await context.StartAsync();
            await context.AwaitTerminationAsync();
        });

        Assert.Contains("written by a program with 'epochs of 1000 ms', this one has 'epochs of 2000 ms'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", "job first", "job second")]
    [InlineData("parallelism", "stage 0: 2 tasks", "stage 0: 3 tasks")]
    [InlineData("stages", "from updateStateByKey", "from reduceByKey")]
    public async Task Checkpoint_of_another_program_is_refused_and_both_are_named(string difference, string written, string present)
    {
        await RunOnceAsync(new JobOptions { Parallelism = 2, Name = "first" });
        var job = difference switch
        {
            "name" => new JobOptions { Parallelism = 2, Name = "second" },
            "parallelism" => new JobOptions { Parallelism = 3, Name = "first" },
            _ => new JobOptions { Parallelism = 2, Name = "first" },
        };
        await using var second = await CheckpointRun.CreateAsync(_clock, job);
        GetOrCreate(second, () =>
        {
            if (difference == "stages")
                second.Collect(Pairs(second).ReduceByKey((left, right) => left + right));
            else
                Build(second);
        });

        var failure = await FailureOfAsync(second);

        var programs = failure.Split("', this one has '");
        Assert.Contains("was written by", programs[0], StringComparison.Ordinal);
        Assert.Contains(written, programs[0], StringComparison.Ordinal);
        Assert.Contains(present, programs[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directory_in_use_is_refused_and_its_owner_is_named()
    {
        await using var first = await CheckpointRun.CreateAsync(_clock);
        GetOrCreate(first, () => Build(first));
        await first.CatchUpAsync();
        await using var second = await CheckpointRun.CreateAsync(_clock);
        GetOrCreate(second, () => Build(second));

        var failure = await FailureOfAsync(second);

        Assert.Contains($"a free one expected, one in use found (job streaming, process {Environment.ProcessId}, since ", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state", "Table states of operator updateStateByKey(queue): Watched.Notify: ")]
    [InlineData("rows", "Rows of sink foreachRDD(queue): Watched.Notify: ")]
    public async Task What_can_not_be_written_is_named_at_the_start_before_there_is_any(string where, string place)
    {
        await using var run = await CheckpointRun.CreateAsync(_clock);
        GetOrCreate(run, () =>
        {
            if (where == "state")
                run.Collect(Pairs(run).UpdateStateByKey<string, long, Watched>((_, state) => state));
            else
                run.Collect(run.Context.QueueStream(_queue).Map(word => new Watched(word, null)));
        });

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.Context.StartAsync());

        Assert.Matches(
            $"^Job streaming failed: Task [0-9]: {Regex.Escape(place)}a type that can be written expected, Action found: a function can't be written; keep what it stands for in members of plain types",
            failure.Message);
        Assert.False(File.Exists(Path.Combine(Checkpoints, "used")));
    }

    [Fact]
    public async Task Without_a_checkpoint_directory_anything_may_be_state()
    {
        _queue.Enqueue(["a"]);
        await using var run = await CheckpointRun.CreateAsync(_clock);
        var rows = run.Collect(Pairs(run).UpdateStateByKey<string, long, Watched>((_, _) => new Watched("b", null)));
        await run.RunAsync(1);

        Assert.Equal("b", Assert.Single(rows[1000]).State.Name);
    }

    [Theory]
    [InlineData(4, 6, 8, 4)]
    [InlineData(7, 3, 5, 3)]
    [InlineData(9, 8, 5, 5)]
    [InlineData(null, 4, null, 4)]
    [InlineData(null, null, null, 10)]
    [InlineData(4, null, null, 4)]
    public async Task All_state_is_written_as_often_as_the_shortest_interval_asks_for(int? ofJob, int? ofOneStream, int? ofAnother, int batches)
    {
        var snapshots = new ConcurrentQueue<long>();
        using var named = new SemaphoreSlim(0);
        var journal = new MortalJournal(new MemoryJournal(isDurable: true), row =>
        {
            if (row is JournalRows.Planned { Plan: { TakesSnapshot: true } plan })
                snapshots.Enqueue(plan.Epoch);
            if (row is JournalRows.Snapshotted)
                named.Release();
            return false;
        });
        var job = new JobOptions { Parallelism = 2, SnapshotInterval = Seconds(ofJob) };
        await using var run = await CheckpointRun.CreateAsync(_clock, job, _ => journal);
        GetOrCreate(run, () =>
        {
            foreach (var interval in new[] { ofOneStream, ofAnother })
            {
                var counts = Running(Pairs(run));
                if (Seconds(interval) is { } duration)
                    counts.Checkpoint(duration);
                run.Collect(counts);
            }
        });
        await run.CatchUpAsync();
        for (var batch = 1; batch <= (3 * batches) + 1; batch++)
        {
            await run.RunAsync(1);
            if (batch % batches == 0)
                Assert.True(await named.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        Assert.Equal([batches, 2 * batches, 3 * batches], snapshots);
    }

    [Fact]
    public async Task State_that_only_the_order_of_building_tells_apart_is_warned_of()
    {
        using var logs = new LogLines();
        await using var run = await CheckpointRun.CreateAsync(_clock, journals: _ => new MemoryJournal(isDurable: true), logs: logs);
        run.Context.Checkpoint(Checkpoints);
        CountRows(run.Context.RateStream());
        CountRows(run.Context.RateStream().WithName("other rows"));
        CountRows(run.Context.RateStream());
        await run.RunAsync(1);

        var warning = Assert.Single(logs.Warnings, line => line.Contains("told apart", StringComparison.Ordinal));
        Assert.Contains(": rate, updateStateByKey(rate), rate.2, updateStateByKey(rate.2) are told apart only by the order", warning, StringComparison.Ordinal);

        void CountRows(DStream<RateRow> rows) => run.Collect(rows.Map(row => (row.Value, 1L)).UpdateStateByKey<long, long, long>((counts, state) => state.GetOrElse(0) + counts.Sum()));
    }

    [Fact]
    public async Task Queue_is_warned_of_and_what_a_killed_process_had_taken_from_it_is_counted_as_lost()
    {
        var journal = new MemoryJournal(isDurable: true);
        var dying = new MortalJournal(journal, row => row is JournalRows.Committed { Epoch.Epoch: 2 });
        using var logs = new LogLines();
        await using (var first = await CheckpointRun.CreateAsync(_clock, journals: _ => dying, logs: logs))
        {
            var counts = Counts(first);
            _queue.Enqueue(["a"]);
            await first.RunAsync(1);
            Assert.Equal(0, first.Context.Job!.Counters.RecordsLost);
            _queue.Enqueue(["x", "y"]);
            _clock.Advance(TimeSpan.FromSeconds(1));
            await dying.Died.WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Single(counts);
        }

        await using var second = await CheckpointRun.CreateAsync(_clock, journals: _ => journal);
        var after = Counts(second);
        await second.RunAsync(1);

        Assert.Contains("can't be read again", Assert.Single(logs.Warnings), StringComparison.Ordinal);
        Assert.Equal([("a", 1L)], after[2000]);
        Assert.Equal([("a", 1L)], after[3000]);
        Assert.Equal(2, second.Context.Job!.Counters.RecordsLost);
    }

    [Fact]
    public async Task Queue_of_RDDs_is_warned_of_and_what_a_killed_process_had_taken_from_it_is_counted_as_lost()
    {
        var journal = new MemoryJournal(isDurable: true);
        var dying = new MortalJournal(journal, row => row is JournalRows.Committed { Epoch.Epoch: 2 });
        using var logs = new LogLines();
        var queue = new ConcurrentQueue<Rdd<string>>();
        await using (var first = await CheckpointRun.CreateAsync(_clock, journals: _ => dying, logs: logs))
        {
            Totals(first);
            queue.Enqueue(Rdd.Parallelize(["a"]));
            await first.RunAsync(1);
            queue.Enqueue(Rdd.Parallelize(["x", "y"]));
            _clock.Advance(TimeSpan.FromSeconds(1));
            await dying.Died.WaitAsync(TimeSpan.FromSeconds(30));
        }

        queue.Enqueue(Rdd.Parallelize(["b"]));
        await using var second = await CheckpointRun.CreateAsync(_clock, journals: _ => journal);
        var after = Totals(second);
        await second.RunAsync(1);

        Assert.Contains("can't be read again", Assert.Single(logs.Warnings), StringComparison.Ordinal);
        Assert.Equal([("a", 1L), ("b", 1L)], after[3000].Order());
        Assert.Equal(1, second.Context.Job!.Counters.RecordsLost);

        ConcurrentDictionary<long, (string, long)[]> Totals(CheckpointRun run)
        {
            ConcurrentDictionary<long, (string, long)[]> totals = [];
            GetOrCreate(run, () => totals = run.Collect(Running(run.Context.QueueStream(queue).Map(word => (word, 1L)))));
            return totals;
        }
    }

    [Fact]
    public async Task Directory_that_can_not_be_written_is_named()
    {
        // Why a file in its place: whoever runs this may be allowed to write everywhere.
        await File.WriteAllTextAsync(Checkpoints, "");
        await using var run = await CheckpointRun.CreateAsync(_clock);
        Counts(run);

        Assert.Contains(Checkpoints, await FailureOfAsync(run), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Journal_of_a_newer_format_is_refused()
    {
        await RunOnceAsync();
        await using (var connection = new SqliteConnection($"Data Source={Journal}"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 2";
            await command.ExecuteNonQueryAsync();
        }

        await using var run = await CheckpointRun.CreateAsync(_clock);
        Counts(run);

        Assert.Equal($"Version 1 expected of SQLite {Journal}, version 2 found; start it with the newer Millrace that wrote it.", await FailureOfAsync(run));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("cut to nothing")]
    [InlineData("another one")]
    public async Task Journal_that_is_lost_is_no_new_beginning(string journal)
    {
        await RunOnceAsync();
        File.Delete(Journal);
        if (journal == "cut to nothing")
            await File.WriteAllBytesAsync(Journal, []);
        if (journal == "another one")
            await CopyOfAnUnusedJournalAsync();

        await using (var run = await CheckpointRun.CreateAsync(_clock))
        {
            Counts(run);
            var failure = await FailureOfAsync(run);
            Assert.StartsWith($"Checkpoint directory {Checkpoints}: the history of an earlier start expected (job streaming, since 1970-01-01 00:00:0", failure, StringComparison.Ordinal);
            Assert.EndsWith($"{Journal}; restore that from a backup, or delete {Path.Combine(Checkpoints, "used")} to start with nothing.", failure, StringComparison.Ordinal);
        }

        Assert.Equal(journal == "another one", new FileInfo(Journal) is { Exists: true, Length: > 0 });
        File.Delete(Path.Combine(Checkpoints, "used"));
        await using var anew = await CheckpointRun.CreateAsync(_clock);
        Counts(anew);
        await anew.Context.StartAsync();
        Assert.True(File.Exists(Path.Combine(Checkpoints, "used")));
    }

    [Fact]
    public async Task Rows_at_a_rate_go_on_over_a_chain_of_restarts()
    {
        var found = new SortedDictionary<long, long[]>();
        for (var life = 0; life < 3; life++)
        {
            await using var run = await CheckpointRun.CreateAsync(_clock);
            ConcurrentDictionary<long, long[]> rows = [];
            GetOrCreate(run, () => rows = run.Collect(run.Context.RateStream(10).Map(row => row.Value)));
            await run.CatchUpAsync();
            await run.RunAsync(2);
            foreach (var (time, values) in rows)
                found[time] = [.. values.Order()];
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(found[1000]);
        Assert.Equal(Enumerable.Range(2, 7).Select(second => second * 1000L), found.Keys.Skip(1));
        Assert.All(found.Skip(1), batch => Assert.Equal(Enumerable.Range(0, 10).Select(row => ((batch.Key / 1000) - 2) * 10 + row), batch.Value));
    }

    [Fact]
    public async Task Files_are_counted_once_over_a_chain_of_restarts_also_those_that_came_while_nothing_ran()
    {
        const int Lives = 4;
        var found = new SortedDictionary<long, string[]>();
        var input = Directory.CreateDirectory(Path.Combine(_folder.FullName, "in")).FullName;
        for (var life = 0; life < Lives; life++)
        {
            await using var run = await CheckpointRun.CreateAsync(_clock);
            ConcurrentDictionary<long, (string, long)[]> sums = [];
            ConcurrentDictionary<long, string[]> lines = [];
            GetOrCreate(run, () =>
            {
                var stream = run.Context.TextFileStream(input);
                lines = run.Collect(stream);
                sums = run.Collect(Running(stream.Map(line => (line, 1L))));
            });
            await run.CatchUpAsync();
            Write();
            await run.RunAsync(1);
            foreach (var (time, rows) in lines)
                found[time] = rows;
            Assert.Equal(found.Values.Sum(rows => (long)rows.Length), sums.MaxBy(batch => batch.Key).Value.Sum(pair => pair.Item2));

            // While nothing runs two batches are missed, one of them with a file.
            Write();
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(
            [.. Enumerable.Range(0, (2 * Lives) - 1).Select(file => $"{1000 * ((file / 2 * 3) + (file % 2) + 1)}")],
            found.SelectMany(batch => batch.Value.Select(line => (batch.Key, line))).Select(row =>
            {
                Assert.Equal($"{row.Key}", row.line);
                return row.line;
            }));

        void Write()
        {
            var nowMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
            var path = Path.Combine(_folder.FullName, $"{nowMs}");
            File.WriteAllText(path, $"{nowMs + 1000}");
            File.SetLastWriteTimeUtc(path, DateTimeOffset.FromUnixTimeMilliseconds(nowMs + 500).UtcDateTime);
            File.Move(path, Path.Combine(input, $"{nowMs}"));
        }
    }

    private static DStream<(string Key, long State)> Running(DStream<(string, long)> pairs) =>
        pairs.UpdateStateByKey<string, long, long>((values, former) => values.Sum() + former.GetOrElse(0));

    private static TimeSpan? Seconds(int? count) => count is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static async Task<string> FailureOfAsync(CheckpointRun run)
    {
        var failure = await Assert.ThrowsAnyAsync<MillraceException>(() => run.RunAsync(1));
        Assert.DoesNotContain('\n', failure.Message);
        return failure.Message;
    }

    private static (string, long)[] Sorted((string Key, long State)[] rows) => [.. rows.OrderBy(row => row.Key, StringComparer.Ordinal)];

    private async Task RunOnceAsync(JobOptions? job = null)
    {
        await using var run = await CheckpointRun.CreateAsync(_clock, job);
        Counts(run);
        await run.RunAsync(1);
    }

    // What a journal is before a job has opened in it.
    private async Task CopyOfAnUnusedJournalAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Journal};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            CREATE TABLE millrace_journal (
                ordering INTEGER PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, deleted BIT NOT NULL,
                persistence_id TEXT NOT NULL, sequence_number INTEGER NOT NULL, message BLOB NOT NULL,
                tags TEXT, manifest TEXT, identifier INTEGER, writer_uuid TEXT,
                UNIQUE (persistence_id, sequence_number));
            PRAGMA user_version = 1;
            """;
        await command.ExecuteNonQueryAsync();
    }

    private DStream<(string, long)> Pairs(CheckpointRun run) => run.Context.QueueStream(_queue).Map(word => (word, 1L));

    private ConcurrentDictionary<long, (string Key, long State)[]> Build(CheckpointRun run) => run.Collect(Running(Pairs(run)));

    private ConcurrentDictionary<long, (string Key, long State)[]> Counts(CheckpointRun run)
    {
        ConcurrentDictionary<long, (string Key, long State)[]> batches = [];
        GetOrCreate(run, () => batches = Build(run));
        return batches;
    }

    private void GetOrCreate(CheckpointRun run, Action build) => StreamingContext.GetOrCreate(Checkpoints, () =>
    {
        build();
        return run.Context;
    });

    private sealed record Watched(string Name, Action? Notify);
}
