using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Millrace.Data;

namespace Millrace.Connectors.Sql;

/// <summary>SQLite by Microsoft.Data.Sqlite.</summary>
internal sealed class SqliteDatabase : SqlDatabase
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int IoError = 10;
    private const int Full = 13;
    private const int BusyTimeoutSeconds = 5;

    private readonly string _connectionString;
    private readonly string _waitForOthers;

    /// <param name="path">The file.</param>
    /// <param name="busyTimeoutSeconds">How long one try waits for other writers of the file.</param>
    public SqliteDatabase(string path, int busyTimeoutSeconds = BusyTimeoutSeconds)
        : base($"SQLite {path}")
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal) || path.Contains(":memory:", StringComparison.Ordinal))
            throw new GraphException($"SQLite: the path of a file expected, {(string.IsNullOrWhiteSpace(path) ? "none" : path.Replace('\0', '?'))} found; give one, as /data/sales.db.");
        _waitForOthers = string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {busyTimeoutSeconds * 1000}");
        // Why a pool: opening costs milliseconds, and every epoch after a failure opens anew.
        _connectionString = new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(path), DefaultTimeout = busyTimeoutSeconds }.ToString();
    }

    /// <inheritdoc/>
    internal override DbConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();

            // Why SQLite's own wait: that of Microsoft.Data.Sqlite looks again every 150 ms only, and several nodes may write to one file.
            using var wait = connection.CreateCommand();
            wait.CommandText = _waitForOthers;
            wait.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    internal override bool IsTransient(Exception error) =>
        error is SqliteException { SqliteErrorCode: Busy or Locked or IoError or Full };

    /// <inheritdoc/>
    internal override string MessageOf(Exception error) => error.Message.ReplaceLineEndings(" ");

    /// <inheritdoc/>
    internal override string NameOf(SqlType type) => type switch
    {
        SqlType.Integer or SqlType.Boolean => "INTEGER",
        SqlType.Double => "REAL",
        SqlType.Bytes => "BLOB",
        _ => "TEXT",
    };

    // By the rules of affinity: what a column would convert, or keep under a type that its declaration denies, is refused.
    /// <inheritdoc/>
    internal override bool Holds(string declared, SqlType type)
    {
        bool Has(string part) => declared.Contains(part, StringComparison.OrdinalIgnoreCase);
        if (declared.Length == 0 || Has("ANY"))
            return true;
        if (Has("INT"))
            return type is SqlType.Integer or SqlType.Boolean;
        if (Has("CHAR") || Has("CLOB") || Has("TEXT"))
            return type is SqlType.Text or SqlType.Decimal or SqlType.Timestamp;
        if (Has("BLOB"))
            return type is SqlType.Bytes;
        if (Has("REAL") || Has("FLOA") || Has("DOUB"))
            return type is SqlType.Double;
        if (Has("BOOL"))
            return type is SqlType.Boolean;
        if (Has("DATE") || Has("TIME"))
            return type is SqlType.Timestamp;
        return type is SqlType.Integer or SqlType.Double;
    }

    /// <inheritdoc/>
    internal override Dictionary<string, string> ReadColumns(DbConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, type FROM pragma_table_info(@table)";
        AddParameter(command, "@table", SqlType.Text).Value = table;
        // SQLite takes names in either case.
        var columns = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            columns.Add(reader.GetString(0), reader.GetString(1));
        return columns;
    }

    /// <summary>Nothing to do: the transaction that begins is the only one that writes.</summary>
    internal override void LockForCreation(DbConnection connection, DbTransaction transaction)
    {
    }

    /// <inheritdoc/>
    internal override object ToDriver(object value, SqlType type) => value switch
    {
        bool truth => truth ? 1L : 0L,
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        _ => value,
    };

    /// <inheritdoc/>
    internal override DbParameter AddParameter(DbCommand command, string name, SqlType type)
    {
        var parameter = new SqliteParameter
        {
            ParameterName = name,
            SqliteType = type switch
            {
                SqlType.Integer or SqlType.Boolean => SqliteType.Integer,
                SqlType.Double => SqliteType.Real,
                SqlType.Bytes => SqliteType.Blob,
                _ => SqliteType.Text,
            },
        };
        command.Parameters.Add(parameter);
        return parameter;
    }
}
