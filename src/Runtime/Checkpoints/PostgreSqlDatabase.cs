using Npgsql;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Checkpoints;

/// <summary>A PostgreSQL server, version 15 or later. A connection is waited for 5 s, an answer 10 s, unless the connection string says otherwise.</summary>
internal sealed class PostgreSqlDatabase : SqlDatabase
{
    private const int ConnectTimeoutSeconds = 5;
    private const int CommandTimeoutSeconds = 10;

    // Any number that others are unlikely to lock: two processes must not make the table at the same time.
    private const long SchemaLock = 0x4D52_4A4F_5552_4E4C;

    private static readonly string Definition = $"""
        SELECT pg_advisory_xact_lock({SchemaLock});
        CREATE TABLE IF NOT EXISTS {Table} (
            ordering BIGSERIAL PRIMARY KEY, created BIGINT NOT NULL, deleted BOOLEAN NOT NULL,
            persistence_id TEXT NOT NULL, sequence_number BIGINT NOT NULL, message BYTEA NOT NULL,
            tags TEXT, manifest TEXT, identifier INTEGER, writer_uuid TEXT,
            UNIQUE (persistence_id, sequence_number));
        """;

    // Changes nothing, and needs every right that the journal's work needs; a server that is for reading alone refuses it.
    private const string Rehearsal = $"""
        SELECT nextval(pg_get_serial_sequence('{Table}', 'ordering'));
        INSERT INTO {Table} (created, deleted, persistence_id, sequence_number, message) SELECT 0, false, '', 0, '' WHERE false;
        UPDATE {Table} SET deleted = deleted WHERE false;
        DELETE FROM {Table} WHERE false;
        """;

    // A node that freezes within a transaction would keep others from the rows that it was about to write, and they could not take over.
    private const string IdleTimeout = "idle_in_transaction_session_timeout";
    private const int IdleMs = 1000;

    public PostgreSqlDatabase(string connectionString)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new(connectionString);
        }
        catch (ArgumentException)
        {
#pragma warning disable MA0054 // Why without the cause: its message repeats parts of the text, which may hold a password.
            throw new ConfigurationException("millrace.journal.connection-string: 'Host=…;Database=…;Username=…' expected, a text that is no connection string of PostgreSQL found.");
#pragma warning restore MA0054
        }

        if (!builder.ContainsKey("Timeout"))
            builder.Timeout = ConnectTimeoutSeconds;
        if (!builder.ContainsKey("Command Timeout"))
            builder.CommandTimeout = CommandTimeoutSeconds;
        if (builder.Options?.Contains(IdleTimeout, StringComparison.Ordinal) != true)
            builder.Options = $"{builder.Options} -c {IdleTimeout}={IdleMs}".TrimStart();
        ConnectionString = builder.ToString();
        Name = $"PostgreSQL {builder.Host}:{builder.Port}/{builder.Database ?? builder.Username}";
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string ConnectionString { get; }

    /// <inheritdoc/>
    public override string ProviderName => "PostgreSQL.15";

    /// <inheritdoc/>
    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellation);

        // Why look first: who may only write rows need not have the right to make tables.
        await using var look = new NpgsqlCommand($"SELECT to_regclass('{Table}') IS NOT NULL", connection);
        if (await look.ExecuteScalarAsync(cancellation) is true)
        {
            // Why: a right that is missing, or a standby, is known here and not by the first row.
            await using var rehearse = new NpgsqlCommand(Rehearsal, connection);
            await rehearse.ExecuteNonQueryAsync(cancellation);
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var create = new NpgsqlCommand(Definition, connection, transaction);
        await create.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <inheritdoc/>
    public override async Task<(IAsyncDisposable? Hold, string Owner)> TryHoldAsync(string streams, bool isUsed, CancellationToken cancellation) =>
        await PostgreSqlHold.TryTakeAsync(ConnectionString, streams, isUsed, cancellation);

    /// <inheritdoc/>
    public override void ClearPool()
    {
        using var connection = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(connection);
    }
}
