using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

/// <summary>A program that counts, whose journal loses or damages rows between two starts: it goes on rightly, or says what is missing.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private const int Batches = 9;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly LogLines _logs = new();

    private string Checkpoints => Path.Combine(_folder.FullName, "checkpoints");

    private string Journal => Path.Combine(Checkpoints, "journal.db");

    public void Dispose()
    {
        _logs.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_journal_that_is_deleted_under_a_running_job_ends_it()
    {
        await using var run = await CheckpointRun.CreateAsync(_clock);
        StreamingContext.GetOrCreate(Checkpoints, () =>
        {
            run.Collect(run.Context.RateStream());
            return run.Context;
        });
        await run.RunAsync(2);

        File.Delete(Journal);

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.Context.AwaitTerminationAsync()).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains($"its journal SQLite {Journal} expected, it has been moved or deleted while the job ran", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public async Task A_flipped_byte_in_the_last_snapshot_costs_a_longer_replay_and_no_result(int every)
    {
        await RunAsync(Batches, every);

        // The last image may be one that no snapshot names yet: then nothing reads it, and there is a next one.
        for (var batches = Batches + every; PassedOver.Length == 0; batches += every)
        {
            Flip("job/s%");
            var counts = await RunAsync(every, every);

            // The first batch ends where the source begins.
            Assert.Equal((batches - 1) * 10, counts.MaxBy(batch => batch.Key).Value.Sum(pair => pair.State));
            Assert.InRange(batches, 0, 20 * every);
        }

        var warning = Assert.Single(PassedOver);
        Assert.Contains("goes on from the snapshot before the last, of epoch ", warning, StringComparison.Ordinal);
        Assert.Contains(", since the last can't be used: Journal of job streaming, stream s", warning, StringComparison.Ordinal);
        Assert.EndsWith($"restore SQLite {Journal} from a backup.", warning, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', warning);
    }

    [Fact]
    public async Task What_goes_on_from_the_snapshot_before_the_last_takes_the_next_one()
    {
        await RunAsync(Batches, 2);
        Flip("job/s%");
        await RunAsync(Batches, 2);
        var before = PassedOver.Length;

        await RunAsync(1, 2);

        Assert.Equal(before, PassedOver.Length);
    }

    [Theory]
    [InlineData("DELETE FROM millrace_journal WHERE persistence_id LIKE 'job/s%'", 2, "stream s", "the image of task 0 at epoch ")]
    [InlineData("DELETE FROM millrace_journal WHERE persistence_id LIKE 'job/p%' AND sequence_number > (SELECT MAX(sequence_number) - 2 FROM millrace_journal WHERE persistence_id LIKE 'job/p%')", 100, "stream p", "the row of task 0 for epoch ")]
    [InlineData("DELETE FROM millrace_journal WHERE persistence_id LIKE 'job/p%'", 100, "stream p", "the row of task 0 for epoch ")]
    [InlineData("DELETE FROM millrace_journal WHERE persistence_id LIKE 'job/c%' AND sequence_number > 2", 100, "stream c1, number 3", "the plan of epoch 1 expected, since p")]
    public async Task Rows_that_are_gone_from_the_end_of_a_stream_are_named(string loss, int every, string stream, string missing)
    {
        await RunAsync(Batches, every);
        Assert.NotEqual(0, Execute(loss));

        var failure = await FailureAsync(every);

        Assert.Contains("Journal of job streaming, stream ", failure, StringComparison.Ordinal);
        Assert.Contains(stream, failure, StringComparison.Ordinal);
        Assert.Contains(missing, failure, StringComparison.Ordinal);
        Assert.EndsWith($"none found; restore SQLite {Journal} from a backup.", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 2, "number 1: the row that opens the stream expected, Attempted found")]
    [InlineData(3, 4, "number 3: the ")]
    [InlineData(5, 6, "number 5: the ")]
    public async Task Decisions_that_have_changed_places_are_refused(int one, int other, string expected)
    {
        await RunAsync(Batches, 100);
        Execute($"UPDATE millrace_journal SET sequence_number = 1000 WHERE persistence_id = 'job/c1' AND sequence_number = {one}");
        Execute($"UPDATE millrace_journal SET sequence_number = {one} WHERE persistence_id = 'job/c1' AND sequence_number = {other}");
        Execute($"UPDATE millrace_journal SET sequence_number = {other} WHERE persistence_id = 'job/c1' AND sequence_number = 1000");

        var failure = await FailureAsync(100);

        Assert.StartsWith($"Journal of job streaming, stream c1, {expected}", failure, StringComparison.Ordinal);
        Assert.EndsWith($" found; restore SQLite {Journal} from a backup.", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("= 1", "stream lease, number 1: a lease expected, none found")]
    [InlineData("> 1", "stream lease, number 2: the lease of c2 expected, none found")]
    [InlineData("= 3", "stream lease, number 3: the lease of c3 expected, none found")]
    [InlineData("= 2", "stream lease, number 3: number 2 expected, 3 found: rows between are gone")]
    public async Task A_lease_that_is_gone_is_named(string which, string expected)
    {
        for (var start = 0; start < 3; start++)
            await RunAsync(1, 100);
        Assert.NotEqual(0, Execute($"DELETE FROM millrace_journal WHERE persistence_id = 'job/lease' AND sequence_number {which}"));

        Assert.Equal($"Journal of job streaming, {expected}; restore SQLite {Journal} from a backup.", await FailureAsync(100));
    }

    [Theory]
    [InlineData("DELETE FROM millrace_journal WHERE persistence_id LIKE 'job/c%'")]
    [InlineData("DELETE FROM millrace_journal")]
    public async Task A_history_that_is_gone_is_no_new_beginning(string loss)
    {
        await RunAsync(Batches, 2);
        Execute(loss);

        Assert.StartsWith($"Checkpoint directory {Checkpoints}: the history of an earlier start expected", await FailureAsync(2), StringComparison.Ordinal);
    }

    /// <summary>One life of the program: so many batches of 10 rows, counted in 3 keys.</summary>
    private async Task<ConcurrentDictionary<long, (int Key, long State)[]>> RunAsync(int batches, int snapshotEvery)
    {
        var job = new JobOptions { Parallelism = 2, SnapshotInterval = TimeSpan.FromSeconds(snapshotEvery) };
        await using var run = await CheckpointRun.CreateAsync(_clock, job, logs: _logs);
        ConcurrentDictionary<long, (int Key, long State)[]> counts = [];
        StreamingContext.GetOrCreate(Checkpoints, () =>
        {
            var pairs = run.Context.RateStream(10).Map(row => ((int)(row.Value % 3), 1L));
            counts = run.Collect(pairs.UpdateStateByKey<int, long, long>((values, former) => values.Sum() + former.GetOrElse(0)));
            return run.Context;
        });
        await run.Context.StartAsync();

        // Why before the first wait: the last batch of the life before comes again only where nobody knows that it was given out.
        for (; batches > 0; batches--)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await run.CatchUpAsync();
        }

        return counts;
    }

    private string[] PassedOver => [.. _logs.Warnings.Where(line => line.Contains("snapshot before the last", StringComparison.Ordinal))];

    private async Task<string> FailureAsync(int snapshotEvery)
    {
        var failure = await Assert.ThrowsAnyAsync<MillraceException>(() => RunAsync(1, snapshotEvery));
        Assert.DoesNotContain('\n', failure.Message);
        return failure.Message;
    }

    private int Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Journal};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    // The last one there, at its end.
    private void Flip(string streams)
    {
        using var connection = new SqliteConnection($"Data Source={Journal};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT ordering, message FROM millrace_journal WHERE persistence_id LIKE '{streams}' ORDER BY ordering DESC LIMIT 1";
        long ordering;
        byte[] bytes;
        using (var reader = command.ExecuteReader())
        {
            Assert.True(reader.Read());
            (ordering, bytes) = (reader.GetInt64(0), (byte[])reader.GetValue(1));
        }

        bytes[^1] ^= 1;
        command.CommandText = $"UPDATE millrace_journal SET message = $bytes WHERE ordering = {ordering}";
        command.Parameters.AddWithValue("$bytes", bytes);
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
