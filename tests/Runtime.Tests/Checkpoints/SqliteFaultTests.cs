using Microsoft.Data.Sqlite;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Tests.Checkpoints.JournalClient;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class SqliteFaultTests : IDisposable
{
    private const int ChunkSize = 4096;

    private static readonly JournalStream Stream = JournalStream.Coordinator(1);

    private readonly SqliteFile _file = new();
    private readonly RecordingLogger _log = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_file_locked_by_another_process_is_waited_for_and_no_row_is_lost_or_doubled()
    {
        await using var journal = await _file.OpenAsync(logger: _log);
        await journal.AppendAsync(Stream, 1, Row(1));
        using (var other = _file.Connect())
        {
            using var lockUp = other.CreateCommand();
            lockUp.CommandText = "BEGIN EXCLUSIVE";
            lockUp.ExecuteNonQuery();
            Assert.Equal(AppendOutcome.Unknown, (await journal.AppendAsync(Stream, 2, Row(2))).Outcome);
        }

        Assert.Equal(AppendOutcome.Ok, (await journal.InsistAsync(Stream, 2, Row(2))).Outcome);

        Assert.Equal([Row(1), Row(2)], (await journal.ReadAllAsync(Stream)).Select(row => row.Row));
        Assert.Equal(2, _log.Lines.Length);
        Assert.Equal($"Warning: Journal of job job: SQLite {_file.File} is locked by another process; close what holds it; epochs wait until it works again", _log.Lines[0]);
        Assert.StartsWith($"Warning: Journal of job job: SQLite {_file.File} works again, the job goes on after ", _log.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_lands_after_its_time_out_is_found_and_not_doubled()
    {
        await using var journal = await _file.OpenAsync(options: _file.Options with { AppendTimeout = TimeSpan.FromMilliseconds(200) });
        await journal.InsistAsync(Stream, 1, Row(1));
        using (var other = _file.Connect())
        {
            using var lockUp = other.CreateCommand();
            lockUp.CommandText = "BEGIN EXCLUSIVE";
            lockUp.ExecuteNonQuery();
            Assert.Equal(AppendOutcome.Unknown, (await journal.AppendAsync(Stream, 2, Row(2))).Outcome);
        }

        // Now it lands, while nobody waits for it.
        while ((await journal.ReadAllAsync(Stream)).Length < 2)
        {
            // Each read is answered by the database.
        }

        AppendOutcome outcome;
        do
            outcome = (await journal.AppendAsync(Stream, 2, Row(3))).Outcome;
        while (outcome == AppendOutcome.Unknown);
        Assert.Equal(AppendOutcome.Conflict, outcome);
        Assert.Equal([Row(1), Row(2)], (await journal.ReadAllAsync(Stream)).Select(row => row.Row));
    }

    [Fact]
    public async Task A_database_that_fails_for_the_whole_budget_is_given_up_once()
    {
        await using var journal = await _file.OpenAsync(logger: _log, options: _file.Options with { OutageBudget = TimeSpan.Zero });
        var reasons = new List<string>();
        journal.GaveUp += reasons.Add;
        _file.Execute("ALTER TABLE millrace_journal RENAME TO gone");

        for (var i = 0; i < 4; i++)
            Assert.Equal(AppendOutcome.Unknown, (await journal.AppendAsync(Stream, 1, Row(1))).Outcome);

        var reason = Assert.Single(reasons);
        Assert.Contains("has lost its table millrace_journal", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason);
        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task A_read_of_a_database_that_fails_may_be_tried_again()
    {
        await using var journal = await _file.OpenAsync();
        _file.Execute("ALTER TABLE millrace_journal RENAME TO gone");

        var failed = Assert.IsType<JournalMessages.ReadFailed>(await journal.ReadAsync(Stream));

        Assert.Null(failed.Reason);
        Assert.Equal((Stream, 7), (failed.Stream, failed.Request));
    }

    [Fact]
    public async Task A_row_larger_than_a_chunk_takes_as_many_numbers_as_chunks()
    {
        await using var journal = await OpenSmallAsync();

        var appended = await journal.AppendAsync(Stream, 1, Row(1), Large(3 * ChunkSize), Row(2));

        Assert.Equal(7, appended.NextNumber);
        Assert.Equal([(1, 2), (2, 6), (6, 7)], (await journal.ReadAllAsync(Stream)).Select(row => (row.Number, row.NextNumber)));
        Assert.Equal([6L], (await journal.ReadAllAsync(Stream, 3)).Select(row => row.Number));
        Assert.Equal(AppendOutcome.Ok, (await journal.AppendAsync(Stream, 7, Row(3))).Outcome);
    }

    [Fact]
    public async Task A_row_of_many_megabytes_comes_back_as_it_was()
    {
        await using var journal = await _file.OpenAsync();
        const int Size = 5_000_000;

        Assert.Equal(6, (await journal.AppendAsync(Stream, 1, Large(Size))).NextNumber);

        var row = Assert.Single(await journal.ReadAllAsync(Stream));
        Assert.Equal(Pattern(Size), ((EncodedDelta)((JournalRows.TaskImage)row.Row).Image!).Bytes.ToArray());
    }

    [Fact]
    public async Task A_flipped_byte_is_found_and_named()
    {
        await using var journal = await WrittenAsync();
        Change(2, bytes => bytes[^1] ^= 1);

        await AssertDamagedAsync(journal, 1, "number 2: checksum ");
    }

    [Fact]
    public async Task A_newer_format_is_refused_by_its_version()
    {
        await using var journal = await WrittenAsync();
        Change(2, bytes => bytes[2] = 2);

        await AssertDamagedAsync(journal, 2, "number 2: format version 1 expected, version 2 found; start it with the newer Millrace that wrote it.");
    }

    [Fact]
    public async Task Rows_that_are_gone_in_the_middle_are_found()
    {
        await using var journal = await WrittenAsync();
        Assert.Equal(1, _file.Execute("DELETE FROM millrace_journal WHERE sequence_number = 3"));

        await AssertDamagedAsync(journal, 1, "number 4: number 3 expected, 4 found");
        await AssertDamagedAsync(journal, 3, "number 3 expected, 4 found");
        Assert.Equal([4L, 8L], (await journal.ReadAllAsync(Stream, 4)).Select(row => row.Number));
    }

    [Fact]
    public async Task Race_19_a_row_whose_last_chunk_is_gone_is_found()
    {
        await using var journal = await WrittenAsync();
        Assert.Equal(2, _file.Execute("DELETE FROM millrace_journal WHERE sequence_number >= 7"));

        await AssertDamagedAsync(journal, 1, "4 chunks expected from number 4 on, 3 found");
    }

    [Fact]
    public async Task A_truncated_file_is_refused_when_it_is_opened()
    {
        await (await WrittenAsync()).DisposeAsync();
        _file.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        using (var stream = System.IO.File.OpenWrite(_file.File))
            stream.SetLength(5000);

        await AssertNotOpenedAsync(_file.Options, "is damaged");
    }

    [Fact]
    public async Task A_file_that_is_damaged_is_not_waited_for()
    {
        await using var journal = await OpenSmallAsync();
        await journal.AppendAsync(Stream, 1, [.. Enumerable.Range(1, 2000).Select(number => Row(number))]);
        await using var other = await OpenSmallAsync();
        Assert.Empty(await other.ReadAllAsync(JournalStream.Lease));
        _file.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        OverwritePages();

        await AssertDamagedAsync(other, 1, "is damaged; restore the file from a backup");
        // A process that starts has read nothing of the file yet; connections of this one keep pages as they were.
        SqliteConnection.ClearAllPools();
        await AssertNotOpenedAsync(_file.Options, "is damaged; restore the file from a backup");
    }

    [Fact]
    public async Task A_table_that_is_gone_is_not_made_anew()
    {
        await (await WrittenAsync()).DisposeAsync();
        _file.Execute("DROP TABLE millrace_journal");

        await AssertNotOpenedAsync(_file.Options, "Table millrace_journal expected");
    }

    [Fact]
    public async Task A_file_of_a_newer_Millrace_is_refused()
    {
        await (await WrittenAsync()).DisposeAsync();
        _file.Execute("PRAGMA user_version = 2");

        await AssertNotOpenedAsync(_file.Options, "version 2 found; start it with the newer Millrace");
    }

    [Theory]
    [InlineData(":memory:", "what is kept in memory is gone with the process")]
    [InlineData("file::memory:?cache=shared", "what is kept in memory is gone with the process")]
    [InlineData("", "The path of a SQLite file expected")]
    [InlineData("/proc/millrace/journal.db", "/proc/millrace/journal.db is at a path that")]
    [InlineData("/dev", "SQLite /dev can't be opened")]
    public async Task A_path_that_can_not_hold_a_journal_is_refused(string path, string expected) =>
        await AssertNotOpenedAsync(_file.Options with { Target = path }, expected);

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file.File)!);
        System.IO.File.WriteAllText(_file.File, new string('x', 5000));

        await AssertNotOpenedAsync(_file.Options, "is a file that is no SQLite database");
    }

    [Fact]
    public async Task A_row_that_can_not_be_written_is_named_and_harms_no_other()
    {
        await using var journal = await _file.OpenAsync(logger: _log);

        Assert.Equal(AppendOutcome.Unknown, (await journal.AppendAsync(Stream, 1, new JournalRows.TaskImage(1, 2, 3, "text"))).Outcome);
        Assert.Equal(AppendOutcome.Ok, (await journal.AppendAsync(Stream, 1, Row(1))).Outcome);

        Assert.Contains("Bytes of task 2 expected in a durable row, String found", _log.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_that_is_closed_answers_and_does_not_hang()
    {
        var journal = await _file.OpenAsync();
        await journal.DisposeAsync();

        Assert.Equal(AppendOutcome.Unknown, (await journal.AppendAsync(Stream, 1, Row(1))).Outcome);
        Assert.IsType<JournalMessages.ReadFailed>(await journal.ReadAsync(Stream));
    }

    // 1, 2, 3: small rows; 4 to 7: one row in four chunks; 8: a small row.
    private async Task<SqlJournal> WrittenAsync()
    {
        var journal = await OpenSmallAsync();
        await journal.AppendAsync(Stream, 1, Row(1), Row(2), Row(3), Large(3 * ChunkSize), Row(4));
        return journal;
    }

    private Task<SqlJournal> OpenSmallAsync() => _file.OpenAsync(logger: _log, options: _file.Options with { ChunkSizeBytes = ChunkSize });

    private static async Task AssertDamagedAsync(SqlJournal journal, long from, string expected)
    {
        var reason = Assert.IsType<JournalMessages.ReadFailed>(await journal.ReadAsync(Stream, from)).Reason!;
        Assert.StartsWith("Journal of job job, stream c1, number ", reason, StringComparison.Ordinal);
        Assert.Contains(expected, reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason);
    }

    private async Task AssertNotOpenedAsync(SqlJournalOptions options, string expected)
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => _file.OpenAsync(options: options));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    // All but the first, which holds the schema.
    private void OverwritePages()
    {
        const int PageSize = 4096;
        using var stream = System.IO.File.OpenWrite(_file.File);
        var garbage = new byte[stream.Length - PageSize];
        garbage.AsSpan().Fill(0xEE);
        stream.Position = PageSize;
        stream.Write(garbage);
    }

    private void Change(long number, Action<byte[]> change)
    {
        using var connection = _file.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT message FROM millrace_journal WHERE sequence_number = {number}";
        var bytes = (byte[])command.ExecuteScalar()!;
        change(bytes);
        command.CommandText = $"UPDATE millrace_journal SET message = $bytes WHERE sequence_number = {number}";
        command.Parameters.AddWithValue("$bytes", bytes);
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
