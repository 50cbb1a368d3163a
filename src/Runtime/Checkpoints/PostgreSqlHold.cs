using System.Globalization;
using Npgsql;

namespace Millrace.Runtime.Checkpoints;

/// <summary>One process's hold on a job's streams, so that a second start of the job by mistake is refused and does not take it over.</summary>
/// <remarks>
/// An advisory lock of a transaction that stays open on a connection of its own: the server gives it back when the connection ends, however that
/// comes. A machine that is gone without a word is noticed after 25 s. When the connection breaks the lock is taken anew in the background; what
/// is exact all the while is the lease in the journal. Of a transaction, not of a session, since a connection pooler between keeps only those together.
/// </remarks>
internal sealed class PostgreSqlHold : IAsyncDisposable
{
    private const int ApplicationNameMax = 63;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetakePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetakeMax = 2 * LookEvery;

    private readonly string _connectionString;
    private readonly string _streams;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _keeping;
    private NpgsqlConnection? _connection;

    private PostgreSqlHold(string connectionString, string streams, NpgsqlConnection connection)
    {
        (_connectionString, _streams, _connection) = (connectionString, streams, connection);
        _keeping = Task.Run(KeepAsync);
    }

    /// <summary>Takes the hold; null and who has it, for a person, where another process does.</summary>
    /// <remarks>A server that has just started gives whoever had the hold the time to take it anew, where somebody had it.</remarks>
    public static async Task<(PostgreSqlHold? Hold, string Owner)> TryTakeAsync(string connectionString, string streams, bool isUsed, CancellationToken cancellation)
    {
        var own = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, ApplicationName = OwnName() }.ToString();
        if (isUsed && await UptimeAsync(own, cancellation) < RetakeMax)
            return (null, "perhaps nobody: the server has just started, and a process that had the job may take it again");
        var (connection, owner) = await TakeAsync(own, streams, cancellation);
        return (connection is null ? null : new(own, streams, connection), owner);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _keeping;
        if (_connection is { } connection)
            await connection.DisposeAsync();
        _ending.Dispose();
    }

    private static async Task<TimeSpan> UptimeAsync(string connectionString, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp() - pg_postmaster_start_time()", connection);
        return (TimeSpan)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static string OwnName()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}");
        return name.Length > ApplicationNameMax ? name[..ApplicationNameMax] : name;
    }

    private static async Task<(NpgsqlConnection? Connection, string Owner)> TakeAsync(string connectionString, string streams, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            await ExecuteAsync(
                connection,
                "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL tcp_keepalives_idle = 10; SET LOCAL tcp_keepalives_interval = 5; SET LOCAL tcp_keepalives_count = 3",
                cancellation);
            await using (var take = Command(connection, "SELECT pg_try_advisory_xact_lock(hashtextextended(@streams, 0))", streams))
            {
                if (await take.ExecuteScalarAsync(cancellation) is true)
                    return (connection, "");
            }

            var owner = await OwnerAsync(connection, streams, cancellation);
            await connection.DisposeAsync();
            return (null, owner);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<string> OwnerAsync(NpgsqlConnection connection, string streams, CancellationToken cancellation)
    {
        const string Owner = """
            SELECT activity.application_name, activity.xact_start FROM pg_locks lock JOIN pg_stat_activity activity USING (pid)
            WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1 AND activity.datname = current_database()
              AND ((lock.classid::bigint << 32) | lock.objid::bigint) = hashtextextended(@streams, 0)
            """;
        await using var command = Command(connection, Owner, streams);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) && !await row.IsDBNullAsync(0, cancellation) && !await row.IsDBNullAsync(1, cancellation)
            ? string.Create(CultureInfo.InvariantCulture, $"{row.GetString(0)}, since {row.GetDateTime(1).ToUniversalTime():u}")
            : "by whom is not known";
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string streams)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("streams", $"millrace job {streams}");
        return command;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task KeepAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                if (_connection is { } connection)
                {
                    await Task.Delay(LookEvery, _ending.Token);
                    await ExecuteAsync(connection, "SELECT 1", _ending.Token);
                }
                else
                {
                    await Task.Delay(RetakePause, _ending.Token);
                    (_connection, _) = await TakeAsync(_connectionString, _streams, _ending.Token);
                }
            }
            catch (OperationCanceledException) when (_ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // The journal itself tells of a server that fails.
                if (_connection is { } broken)
                    await broken.DisposeAsync();
                _connection = null;
            }
        }
    }
}
