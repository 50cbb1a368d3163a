using Microsoft.Data.Sqlite;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Protocol;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>What a journal on SQLite does when the file is not as it should be.</summary>
public sealed class SqliteFaultTests : IAsyncLifetime
{
    private const string Row3 = $"{SqlDatabase.Table} WHERE sequence_number = 3";

    private static readonly JournalRows.EpochDeltas Large = new(1, [new(0, 1, new EncodedDelta(RowSamples.Noise(900_000)))]);

    private readonly SqliteJournals _journals = new();
    private readonly RecordingLogger _log = new();
    private SqlJournal? _journal;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_journal is not null)
            await _journal.DisposeAsync();
        await _journals.EndAsync();
    }

    [Theory]
    [InlineData($"UPDATE {SqlDatabase.Table} SET message = CAST(substr(message, 1, 22) || x'FF' || substr(message, 24) AS BLOB) WHERE sequence_number = 3", "number 3: checksum")]
    [InlineData($"DELETE FROM {Row3}", "number 4: number 3 expected, 4 found: rows between are gone")]
    [InlineData($"UPDATE {SqlDatabase.Table} SET message = CAST(substr(message, 1, 2) || x'02' || substr(message, 4) AS BLOB) WHERE sequence_number = 3", "number 3: format version 1 expected, version 2 found")]
    [InlineData($"UPDATE {SqlDatabase.Table} SET message = x'00' WHERE sequence_number = 3", "number 3: a row of Millrace expected, 1 other bytes found")]
    public async Task A_damaged_row_fails_the_read_in_one_line_that_names_it(string sql, string expected)
    {
        var client = await OpenAsync();
        await client.Append(1, 5);
        _journals.Sql(sql);

        var reason = (await client.ReadFailure(1)).Reason!;

        Assert.Contains($"job the/job, stream c1, {expected}", reason, StringComparison.Ordinal);
        Assert.Contains("restore SQLite", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason);
        Assert.Equal(2, (await client.Read(4)).Length);
    }

    [Fact]
    public async Task A_row_whose_last_chunk_is_missing_fails_the_read()
    {
        var client = await OpenAsync();
        await client.Append(1, new JournalRows.EpochDeltas(1, [new(0, 1, new EncodedDelta(RowSamples.Noise(2_500_000)))]));
        _journals.Sql($"DELETE FROM {Row3}");

        var reason = (await client.ReadFailure(1)).Reason;

        Assert.Contains("3 chunks expected from number 1 on, 2 found: the last are gone", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_whose_first_chunks_were_trimmed_is_left_out()
    {
        var client = await OpenAsync();
        await client.Append(1, new JournalRows.EpochDeltas(1, [new(0, 1, new EncodedDelta(RowSamples.Noise(2_500_000)))]), new JournalRows.Sealed(4));
        _journals.Sql($"DELETE FROM {SqlDatabase.Table} WHERE sequence_number < 3");

        Assert.Equal(4, Assert.Single(await client.Read(1)).Number);
    }

    [Fact]
    public async Task A_file_locked_by_another_process_makes_appends_unknown_and_one_warning_until_it_is_free()
    {
        var client = await OpenAsync();
        await client.Append(1, 1);
        using (var other = _journals.Connect())
        {
            Run(other, "BEGIN EXCLUSIVE");
            Assert.Equal(AppendOutcome.Unknown, await client.Append(2, 1));
            Assert.Equal(AppendOutcome.Unknown, await client.Append(2, 1));
            Run(other, "ROLLBACK");
        }

        Assert.Equal(AppendOutcome.Ok, await client.Append(2, 1));
        Assert.Equal(new long[] { 1, 2 }, await client.ReadContents(1));
        Assert.Collection(
            _log.Lines,
            line => Assert.Equal($"Warning: Journal of job the/job: SQLite {_journals.DatabaseFile} is locked by another process; close what holds it; epochs wait until it works again", line),
            line => Assert.StartsWith($"Information: Journal of job the/job: SQLite {_journals.DatabaseFile} works again after ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_table_is_named_and_the_journal_gives_up_after_its_budget()
    {
        var client = await OpenAsync(_journals.Options with { OutageBudget = TimeSpan.FromMilliseconds(50) });
        var gaveUp = new TaskCompletionSource<string>();
        _journal!.GaveUp += gaveUp.SetResult;
        await client.Append(1, 1);
        _journals.Sql($"DROP TABLE {SqlDatabase.Table}");

        Assert.Equal(AppendOutcome.Unknown, await client.Append(2, 1));
        var reason = await gaveUp.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Contains($"has lost its table {SqlDatabase.Table}", reason, StringComparison.Ordinal);
        Assert.Null((await client.ReadFailure(1)).Reason);
        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task A_table_lost_while_nobody_looked_is_not_made_anew()
    {
        await OpenAsync();
        await _journal!.DisposeAsync();
        _journals.Sql($"DROP TABLE {SqlDatabase.Table}");

        await RefusedAsync($"Table {SqlDatabase.Table} expected", _journals.Options);
    }

    [Fact]
    public async Task A_table_of_a_later_version_is_refused()
    {
        await OpenAsync();
        await _journal!.DisposeAsync();
        _journals.Sql("PRAGMA user_version = 2");

        await RefusedAsync("Version 1 expected", _journals.Options);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_journals.DatabaseFile)!);
        await File.WriteAllBytesAsync(_journals.DatabaseFile, RowSamples.Noise(10_000));

        await RefusedAsync("is a file that is no SQLite database", _journals.Options);
    }

    [Theory]
    [InlineData(":memory:", "what is kept in memory is gone with the process")]
    [InlineData("file:x?mode=memory", "what is kept in memory is gone with the process")]
    [InlineData(" ", "The path of a SQLite file expected")]
    [InlineData("/dev/null/job.db", "is at a path that can't be used")]
    [InlineData("/proc/job.db", "can't be opened")]
    public async Task A_path_that_can_not_hold_a_journal_is_refused(string path, string expected) =>
        await RefusedAsync(expected, _journals.Options with { Target = path });

    [MountFact]
    public async Task A_full_disk_is_named_and_appends_go_on_when_space_is_free()
    {
        using var disk = new SmallDisk(Path.GetDirectoryName(_journals.DatabaseFile)!);
        var client = await OpenAsync();
        await client.Append(1, 1);
        var ballast = Path.Combine(Path.GetDirectoryName(_journals.DatabaseFile)!, "ballast");
        Assert.Throws<IOException>(() => File.WriteAllBytes(ballast, new byte[SmallDisk.SizeBytes]));

        var failed = await client.Append(2, Large);
        File.Delete(ballast);
        var again = await client.Append(2, Large);

        Assert.Equal((AppendOutcome.Unknown, AppendOutcome.Ok), (failed.Outcome, again.Outcome));
        Assert.Contains("is full (no space on the disk); it goes on when space is free", _log.Lines[0], StringComparison.Ordinal);
        await _journal!.DisposeAsync();
    }

    [MountFact]
    public async Task A_file_on_a_read_only_disk_is_named()
    {
        await OpenAsync();
        await _journal!.DisposeAsync();
        _journals.Sql("PRAGMA wal_checkpoint(TRUNCATE)");
        var folder = Path.Combine(_journals.Folder, "read-only");
        using var disk = new SmallDisk(folder);
        File.Copy(_journals.DatabaseFile, Path.Combine(folder, "job.db"));
        disk.MakeReadOnly();

        await RefusedAsync("can't be opened; name a file in a directory that is writable", _journals.Options with { Target = Path.Combine(folder, "job.db") });
    }

    [Fact]
    public async Task Jobs_whose_names_hold_a_separator_share_no_stream()
    {
        var client = await OpenAsync();
        await client.Append(1, 2);
        var other = await _journals.OpenAsync(job: "the");

        Assert.Empty(await new JournalClient(other).Read(1));
        await other.DisposeAsync();
    }

    [Fact]
    public async Task A_closed_journal_answers_unknown()
    {
        var client = await OpenAsync();
        await _journal!.DisposeAsync();

        Assert.Equal(AppendOutcome.Unknown, await client.Append(1, 1));
        Assert.Null((await client.ReadFailure(1)).Reason);
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData(JournalKind.PostgreSql, "", "one expected with kind = postgresql, none found")]
    [InlineData(JournalKind.Sqlite, "Host=x;Password=secret", "none expected with kind = sqlite, one found")]
    public void Kind_and_connection_string_must_go_together(JournalKind kind, string connection, string expected)
    {
        var failure = Assert.Throws<ConfigurationException>(() => new JournalOptions { Kind = kind, ConnectionString = connection }.For("x.db"));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    private async Task<JournalClient> OpenAsync(SqlJournalOptions? options = null) => new(_journal = await _journals.OpenAsync(options, _log));

    private async Task RefusedAsync(string expected, SqlJournalOptions options)
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => _journals.OpenAsync(options));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
