using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Millrace.Chaos.Oracle;

/// <summary>Reads what the victim's SQL sinks have written, over a connection of its own.</summary>
/// <param name="connection">Makes a connection, closed.</param>
internal sealed class SinkReader(Func<DbConnection> connection)
{
    private const string WatermarkTable = "millrace_watermarks";

    /// <summary>For a file of SQLite.</summary>
    public static SinkReader Sqlite(string path) => new(() => new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()));

    /// <summary>For a database of PostgreSQL.</summary>
    /// <remarks>Without a pool: a connection that is kept would not outlive a server that fails.</remarks>
    public static SinkReader Postgres(string connectionString)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString();
        return new(() => new NpgsqlConnection(unpooled));
    }

    /// <summary>The rows of a table in order of batches; none where it was never made.</summary>
    public IEnumerable<OutputRow> Read(SinkTable table)
    {
        foreach (var row in Query($"SELECT {string.Join(", ", table.Columns.Select(Quote))} FROM {Quote(table.Name)} ORDER BY {Quote(table.Columns[0])}", table.Name))
            yield return new(row[0], row[1], row[2], row[3], row.Length > 4 ? row[4] : 0, row.Length > 5 ? row[5] : 0);
    }

    /// <summary>How far each partition of each sink is.</summary>
    public Dictionary<string, long> ReadWatermarks()
    {
        var watermarks = new Dictionary<string, long>(StringComparer.Ordinal);
        using var opened = Open();
        if (!Exists(opened, WatermarkTable))
            return watermarks;
        using var command = opened.CreateCommand();
        command.CommandText = $"SELECT operator, partition, epoch FROM {WatermarkTable}";
        using var reader = command.ExecuteReader();
        while (reader.Read())
            watermarks.Add($"{reader.GetString(0)}/{reader.GetInt64(1)}", reader.GetInt64(2));
        return watermarks;
    }

    private IEnumerable<long[]> Query(string text, string table)
    {
        using var opened = Open();
        if (!Exists(opened, table))
            yield break;
        using var command = opened.CreateCommand();
        command.CommandText = text;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new long[reader.FieldCount];
            for (var column = 0; column < row.Length; column++)
                row[column] = reader.GetInt64(column);
            yield return row;
        }
    }

    private static bool Exists(DbConnection opened, string table)
    {
        using var command = opened.CreateCommand();
        command.CommandText = opened is SqliteConnection
            ? $"SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '{table}'"
            : $"SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('{table}')";
        return command.ExecuteScalar() is > 0L;
    }

    private DbConnection Open()
    {
        var opened = connection();
        opened.Open();
        return opened;
    }

    private static string Quote(string name) => $"\"{name}\"";
}
