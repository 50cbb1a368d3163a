using System.Data.Common;
using Millrace.Data;
using Npgsql;
using NpgsqlTypes;

namespace Millrace.Connectors.Sql;

/// <summary>PostgreSQL by Npgsql.</summary>
internal sealed class PostgresDatabase : SqlDatabase
{
    private const int CreationLock = 0x6D696C6C;
    private const string IdleTimeout = "idle_in_transaction_session_timeout";
    private const int IdleMs = 1000;

    private readonly string _connectionString;

    public PostgresDatabase(string connectionString)
        : base(Describe(connectionString)) => _connectionString = WithIdleTimeout(connectionString);

    /// <inheritdoc/>
    internal override DbConnection Connect()
    {
        var connection = new NpgsqlConnection(_connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    internal override bool IsTransient(Exception error) => error switch
    {
        // Connections, rollbacks, resources (a full disk), locks, operators (a restart, a time-out), a server that is for reading for now.
        PostgresException { SqlState: var state } => state[..2] is "08" or "40" or "53" or "57" || state is "55P03" or "25006" or "25P03",
        NpgsqlException npgsql => npgsql.IsTransient,
        _ => error is TimeoutException or IOException,
    };

    /// <inheritdoc/>
    internal override string MessageOf(Exception error) =>
        (error is PostgresException postgres ? $"{postgres.MessageText} ({postgres.SqlState})" : error.Message).ReplaceLineEndings(" ");

    /// <inheritdoc/>
    internal override string NameOf(SqlType type) => type switch
    {
        SqlType.Integer => "bigint",
        SqlType.Double => "double precision",
        SqlType.Decimal => "numeric",
        SqlType.Boolean => "boolean",
        SqlType.Bytes => "bytea",
        SqlType.Timestamp => "timestamp with time zone",
        _ => "text",
    };

    /// <inheritdoc/>
    internal override bool Holds(string declared, SqlType type) => type switch
    {
        // Why not the shorter ones: COPY sends the binary form of the very type.
        SqlType.Text => declared == "text" || declared.StartsWith("character varying", StringComparison.Ordinal),
        SqlType.Decimal => declared.StartsWith("numeric", StringComparison.Ordinal),
        _ => declared == NameOf(type),
    };

    /// <inheritdoc/>
    internal override Dictionary<string, string> ReadColumns(DbConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = to_regclass(@table) AND attnum > 0 AND NOT attisdropped";
        AddParameter(command, "@table", SqlType.Text).Value = Quote(table);
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            columns.Add(reader.GetString(0), reader.GetString(1));
        return columns;
    }

    // Why: IF NOT EXISTS does not keep two that create at once from a failure.
    /// <inheritdoc/>
    internal override void LockForCreation(DbConnection connection, DbTransaction transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT pg_advisory_xact_lock(@lock)";
        AddParameter(command, "@lock", SqlType.Integer).Value = (long)CreationLock;
        command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    internal override object ToDriver(object value, SqlType type) => value is DateTimeOffset time ? time.UtcDateTime : value;

    /// <inheritdoc/>
    internal override DbParameter AddParameter(DbCommand command, string name, SqlType type)
    {
        var parameter = new NpgsqlParameter(name, TypeOf(type));
        command.Parameters.Add(parameter);
        return parameter;
    }

    /// <inheritdoc/>
    internal override bool TryCopy(DbConnection connection, string table, IReadOnlyList<(string Name, SqlType Type)> columns, IReadOnlyList<object[]> rows)
    {
        var types = columns.Select(column => TypeOf(column.Type)).ToArray();
        var text = $"COPY {Quote(table)} ({string.Join(", ", columns.Select(column => Quote(column.Name)))}) FROM STDIN (FORMAT BINARY)";
        using var copy = ((NpgsqlConnection)connection).BeginBinaryImport(text);
        foreach (var row in rows)
        {
            copy.StartRow();
            for (var column = 0; column < types.Length; column++)
            {
                if (row[column] is DBNull)
                    copy.WriteNull();
                else
                    copy.Write(row[column], types[column]);
            }
        }

        copy.Complete();
        return true;
    }

    private static NpgsqlDbType TypeOf(SqlType type) => type switch
    {
        SqlType.Integer => NpgsqlDbType.Bigint,
        SqlType.Double => NpgsqlDbType.Double,
        SqlType.Decimal => NpgsqlDbType.Numeric,
        SqlType.Boolean => NpgsqlDbType.Boolean,
        SqlType.Bytes => NpgsqlDbType.Bytea,
        SqlType.Timestamp => NpgsqlDbType.TimestampTz,
        _ => NpgsqlDbType.Text,
    };

    private static string Describe(string connectionString)
    {
        // Why without the cause: its message may hold the password.
        if (Parse(connectionString) is not { } parts)
            throw new GraphException("PostgreSQL: a connection string as Npgsql takes it expected, one with an unknown key or value found; correct it, as Host=db;Database=sales;Username=app.");
        if (string.IsNullOrWhiteSpace(parts.Host))
            throw new GraphException("PostgreSQL: a host expected in the connection string, none found; add one, as Host=db.");
        return $"PostgreSQL {parts.Host}:{parts.Port}/{parts.Database}";
    }

    // A process that freezes within a transaction would keep whoever takes its place from the sink's rows.
    private static string WithIdleTimeout(string connectionString)
    {
        if (Parse(connectionString) is not { } parts || parts.Options?.Contains(IdleTimeout, StringComparison.Ordinal) == true)
            return connectionString;
        parts.Options = $"{parts.Options} -c {IdleTimeout}={IdleMs}".TrimStart();
        return parts.ToString();
    }

    private static NpgsqlConnectionStringBuilder? Parse(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
