using Microsoft.Data.Sqlite;
using Millrace.Connectors.Logs;
using Millrace.Connectors.Sql;
using Millrace.Data;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Hosting;

/// <summary>The writer of a log deletes while a job that reads it is behind, or not there.</summary>
public sealed class LogRetentionTests : IDisposable
{
    private const int Keys = 500;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");

    private string Table => Path.Combine(_folder.FullName, "table.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_named_reader_finds_what_came_while_it_was_not_there_and_what_it_has_committed_is_deleted()
    {
        // From its first poll on the writer knows of it.
        await using var totals = Create();
        await totals.StartAsync();
        totals.Feed(keys: 1, length: 7);
        await totals.HasAsync(keys: 1, total: 7);
        await totals.KillAsync();

        for (var life = 1; life <= 3; life++)
        {
            totals.Feed(Keys, 10);
            totals.Writer.Retain();
            await totals.StartAsync();
            totals.Feed(Keys, 10);
            await totals.HasAsync(Keys - 1, 20 * life);
            await totals.HasAsync(keys: 1, total: (20 * life) + 7);
            await totals.KillAsync();
        }

        Assert.True(totals.Segments > 1);
        totals.Writer.Retain();
        Assert.InRange(totals.Segments, 1, 3);
    }

    [Fact]
    public async Task A_reader_without_a_name_that_lost_records_ends_with_their_numbers()
    {
        await using var totals = Create();
        totals.Feed(keys: 10, length: 10);
        await totals.StartAsync(reader: null);
        await totals.HasAsync(keys: 10, total: 10);
        await totals.KillAsync();
        totals.Feed(Keys, 10);
        totals.Writer.Retain();

        var failure = await Assert.ThrowsAsync<JobFailedException>(async () =>
        {
            await totals.StartAsync(reader: null);
            await totals.Job.Completion.WaitAsync(TestHost.Patience);
        });

        Assert.Matches("^Job totals failed: .*, partition 0: record 10 expected, [0-9]+ found as the oldest; give the source a Reader name, so that the writer keeps what it needs\\.$", failure.Message);
    }

    private DurableTotals Create() => new("totals", "", SqlDatabase.Sqlite(Table), AskAsync)
    {
        LogOptions = new LogWriterOptions { SegmentBytes = 1 << 10, RetainBytes = 0 },
    };

    private async Task<object?> AskAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Table};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }
}
