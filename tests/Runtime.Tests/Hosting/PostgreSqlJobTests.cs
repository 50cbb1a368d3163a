using Millrace.Data;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Tests.Checkpoints;
using Millrace.Runtime.Tests.Support;
using Npgsql;

namespace Millrace.Runtime.Tests.Hosting;

/// <summary>Whole jobs on a server of PostgreSQL that refuses, or lacks, what they need.</summary>
public sealed class PostgreSqlJobTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    private const int Keys = 40;
    private const string Denied = "denies the permission; grant SELECT, INSERT, UPDATE and DELETE on the table, USAGE on its sequence";
    private const string ReadOnly = "is read-only (a standby, or set so); name the primary";

    private readonly string _name = $"totals-{Guid.NewGuid():N}";

    private async Task<DurableTotals> CreateAsync()
    {
        await (await server.OpenAsync("makes the table")).DisposeAsync();
        await server.ExecuteAsync("""
            DO $$ BEGIN CREATE ROLE writer LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
            ALTER ROLE writer RESET ALL; GRANT CREATE ON SCHEMA public TO writer;
            GRANT SELECT, INSERT, UPDATE, DELETE ON millrace_journal TO writer; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO writer;
            """);
        var writer = server.ConnectionString.Replace("Username=postgres", "Username=writer", StringComparison.Ordinal) + ";Pooling=False";
        return new(
            _name, $"millrace.journal {{ kind = postgresql, connection-string = \"{writer}\" }}", Connectors.Sql.SqlDatabase.PostgreSql(server.ConnectionString), server.AskAsync);
    }

    [SkippableTheory]
    [InlineData("REVOKE INSERT ON millrace_journal FROM writer", "GRANT INSERT ON millrace_journal TO writer", Denied)]
    [InlineData("REVOKE ALL ON millrace_journal FROM writer", "GRANT SELECT, INSERT, UPDATE, DELETE ON millrace_journal TO writer", Denied)]
    [InlineData("REVOKE USAGE ON ALL SEQUENCES IN SCHEMA public FROM writer", "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO writer", Denied)]
    [InlineData("ALTER ROLE writer SET default_transaction_read_only = on", "ALTER ROLE writer RESET ALL", ReadOnly)]
    public async Task A_journal_that_refuses_holds_a_running_job_until_it_takes_rows_again(string refuse, string permit, string reason)
    {
        await using var totals = await CreateAsync();
        await totals.StartAsync();
        totals.Feed(Keys, 10);
        await totals.HasAsync(Keys, 10);

        await server.ExecuteAsync(refuse);
        totals.Feed(Keys, 5);
        await totals.Warned.WaitAsync(TestHost.Patience);
        Assert.Equal(0, await totals.CountAsync(15));
        await server.ExecuteAsync(permit);
        await totals.HasAsync(Keys, 15);

        Assert.Collection(
            totals.Warnings,
            line => Assert.EndsWith($"{reason}; epochs wait until it works again", line, StringComparison.Ordinal),
            line => Assert.Matches("works again, the job goes on after [0-9.]+ s$", line));
    }

    [SkippableTheory]
    [InlineData("REVOKE INSERT ON millrace_journal FROM writer", Denied)]
    [InlineData("REVOKE SELECT ON millrace_journal FROM writer", Denied)]
    [InlineData("REVOKE UPDATE ON millrace_journal FROM writer", Denied)]
    [InlineData("REVOKE DELETE ON millrace_journal FROM writer", Denied)]
    [InlineData("REVOKE USAGE ON ALL SEQUENCES IN SCHEMA public FROM writer", Denied)]
    [InlineData("ALTER ROLE writer SET default_transaction_read_only = on", ReadOnly)]
    public async Task A_journal_that_refuses_is_no_place_to_start_on(string refuse, string reason)
    {
        await using var totals = await CreateAsync();
        await server.ExecuteAsync(refuse);

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => totals.StartAsync().WaitAsync(TestHost.Patience));

        Assert.StartsWith($"Journal of job {_name}: a database that works expected, PostgreSQL 127.0.0.1:", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith($"{reason}.", failure.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Deltas_of_several_megabytes_are_there_after_a_kill()
    {
        await using var totals = await CreateAsync();
        for (var life = 1; life <= 3; life++)
        {
            await totals.StartAsync();
            totals.Feed(Keys, 100_000);
            await totals.HasAsync(Keys, life * 100_000);
            await totals.KillAsync();
        }

        Assert.Contains(await ChunksAsync(), chunk => chunk.Header is { Kind: RowKind.EpochDeltas, Count: > 3 });
    }

    [SkippableFact]
    public async Task A_delta_without_its_last_chunk_ends_the_next_start_with_its_name()
    {
        await using var totals = await CreateAsync();
        await RunAsync(totals);
        var last = (await ChunksAsync()).Last(chunk => chunk.Header.Kind == RowKind.EpochDeltas && chunk.Header.Count > 1 && chunk.Header.Index == chunk.Header.Count - 1);
        await server.ExecuteAsync($"DELETE FROM millrace_journal WHERE persistence_id = '{last.Stream}' AND sequence_number = {last.Number}");

        var failure = await Assert.ThrowsAsync<CorruptCheckpointException>(() => totals.StartAsync().WaitAsync(TestHost.Patience));
        Assert.Matches(
            $@"^Journal of job {_name}, stream p[0-9a-f]+, number [0-9]+: {last.Header.Count} chunks expected from number [0-9]+ on, {last.Header.Count - 1} found: the last are gone; restore PostgreSQL [0-9.:]+/postgres from a backup\.$",
            failure.Message);
    }

    [SkippableFact]
    public async Task A_delta_of_a_newer_version_ends_the_next_start_with_what_to_do()
    {
        await using var totals = await CreateAsync();
        await RunAsync(totals);
        var last = (await ChunksAsync()).Last(chunk => chunk.Header is { Kind: RowKind.EpochDeltas, Index: 0 });
        await server.ExecuteAsync($"UPDATE millrace_journal SET message = set_byte(message, 2, 2) WHERE persistence_id = '{last.Stream}' AND sequence_number = {last.Number}");

        var failure = await Assert.ThrowsAsync<CorruptCheckpointException>(() => totals.StartAsync().WaitAsync(TestHost.Patience));
        Assert.Matches($@"^Journal of job {_name}, stream p[0-9a-f]+, number {last.Number}: format version 1 expected, version 2 found; start it with the newer Millrace that wrote it\.$", failure.Message);
    }

    private static async Task RunAsync(DurableTotals totals)
    {
        await totals.StartAsync();
        totals.Feed(Keys, 100_000);
        await totals.HasAsync(Keys, 100_000);
        await totals.KillAsync();
    }

    /// <summary>The job's chunks, in the order in which they were written.</summary>
    private async Task<List<(string Stream, long Number, RowChunkHeader Header)>> ChunksAsync()
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT persistence_id, sequence_number, message FROM millrace_journal WHERE persistence_id LIKE '%' || @name || '%' ORDER BY ordering", connection);
        command.Parameters.AddWithValue("name", _name);
        await using var rows = await command.ExecuteReaderAsync();
        var found = new List<(string, long, RowChunkHeader)>();
        while (await rows.ReadAsync())
            found.Add((rows.GetString(0), rows.GetInt64(1), RowChunkHeader.Read((byte[])rows[2])));
        return found;
    }
}
