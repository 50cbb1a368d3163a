using System.Globalization;
using LinqToDB;
using Microsoft.Data.Sqlite;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Checkpoints;

/// <summary>A file with a write-ahead log, on a disk of this machine.</summary>
/// <remarks>
/// Commits are synced to the disk (<c>synchronous=FULL</c>), so that what was acknowledged survives the loss of power and not only a killed process:
/// an epoch is one or two commits, and they cost 0.2 ms more than without. A file locked by somebody else is waited for 2 s at a time.
/// </remarks>
internal sealed class SqliteDatabase : SqlDatabase
{
    private const int BusyTimeoutSeconds = 2;
    private const long SchemaVersion = 1;
    private const long SynchronousFull = 2;
    private static readonly string WaitForOthers = string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyTimeoutSeconds * 1000}");

    private readonly string _file;

    public SqliteDatabase(string file)
    {
        if (string.IsNullOrWhiteSpace(file) || file.Contains(":memory:", StringComparison.Ordinal) || file.StartsWith("file:", StringComparison.Ordinal))
            throw new ConfigurationException($"The path of a SQLite file expected for the journal, '{file}' found; what is kept in memory is gone with the process.");
        _file = Path.GetFullPath(file);
        ConnectionString = new SqliteConnectionStringBuilder { DataSource = _file, DefaultTimeout = BusyTimeoutSeconds }.ToString();
    }

    /// <inheritdoc/>
    public override string Name => $"SQLite {_file}";

    /// <inheritdoc/>
    public override bool IsThere => File.Exists(_file);

    /// <inheritdoc/>
    public override string ConnectionString { get; }

    /// <inheritdoc/>
    public override string ProviderName => "SQLite.MS";

    // Why SQLite's own wait: that of Microsoft.Data.Sqlite looks again every 150 ms only, which three nodes on one file would mostly spend waiting.
    /// <inheritdoc/>
    public override DataOptions Connecting => base.Connecting.UseAfterConnectionOpened(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = WaitForOthers;
            command.ExecuteNonQuery();
        },
        async (connection, cancellation) =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = WaitForOthers;
            await command.ExecuteNonQueryAsync(cancellation);
        });

    /// <inheritdoc/>
    public override async Task PrepareAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        await using var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync(cancellation);
        var mode = await ScalarAsync(connection, "PRAGMA journal_mode=WAL", cancellation);
        if (mode is not "wal")
            throw new ConfigurationException($"A disk that allows a write-ahead log expected for {Name}, journal mode '{mode}' found; put it on a disk of this machine.");
        if (await ScalarAsync(connection, "PRAGMA synchronous", cancellation) is not SynchronousFull)
            throw new ConfigurationException("A SQLite library that syncs commits to the disk expected, one with another default found; use the one that Microsoft.Data.Sqlite brings.");
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await PrepareTableAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <inheritdoc/>
    /// <remarks>The file lies in a checkpoint directory, which is one job's already.</remarks>
    public override Task<(IAsyncDisposable? Hold, string Owner)> TryHoldAsync(string streams, bool isUsed, CancellationToken cancellation) =>
        Task.FromResult<(IAsyncDisposable?, string)>((new MemoryStream(), ""));

    /// <inheritdoc/>
    public override void ClearPool()
    {
        using var connection = new SqliteConnection(ConnectionString);
        SqliteConnection.ClearPool(connection);
    }

    private async Task PrepareTableAsync(SqliteConnection connection, CancellationToken cancellation)
    {
        var version = (long)(await ScalarAsync(connection, "PRAGMA user_version", cancellation))!;
        if (version > SchemaVersion)
            throw new ConfigurationException($"Version {SchemaVersion} expected of {Name}, version {version} found; start it with the newer Millrace that wrote it.");

        // Why: a table made anew in place of a lost one would start the job empty in silence.
        var isThere = await ScalarAsync(connection, $"SELECT count(*) FROM sqlite_master WHERE name = '{Table}'", cancellation) is not 0L;
        if (version == SchemaVersion && !isThere)
            throw new ConfigurationException($"Table {Table} expected in {Name}, none found; restore the file, or name another one to start afresh.");
        // Why written though it is there: a file that can only be read is known here, and not by the first row.
        await ScalarAsync(connection, version == 0 ? Definition : $"PRAGMA user_version = {SchemaVersion}", cancellation);
    }

    private static readonly string Definition = $"""
        CREATE TABLE {Table} (
            ordering INTEGER PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, deleted BIT NOT NULL,
            persistence_id TEXT NOT NULL, sequence_number INTEGER NOT NULL, message BLOB NOT NULL,
            tags TEXT, manifest TEXT, identifier INTEGER, writer_uuid TEXT,
            UNIQUE (persistence_id, sequence_number));
        PRAGMA user_version = {SchemaVersion};
        """;

    private static async Task<object?> ScalarAsync(SqliteConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(cancellation);
    }
}
