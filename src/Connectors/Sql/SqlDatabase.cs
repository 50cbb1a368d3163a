using System.Data.Common;
using Millrace.Data;

namespace Millrace.Connectors.Sql;

/// <summary>A database to write to, and how its SQL differs from others'. Immutable; shared by all writers.</summary>
public abstract class SqlDatabase
{
    private protected SqlDatabase(string description) => Description = description;

    /// <summary>What a person calls it; without user and password.</summary>
    public string Description { get; }

    /// <summary>SQLite, by a file's path.</summary>
    /// <remarks>One writer at a time writes to a file, so partitions take turns. Other writers of the file delay commits and never break them.</remarks>
    /// <param name="path">The file; made where it is missing, its directory is not.</param>
    /// <exception cref="GraphException">No path, or a database in memory, which would be gone with its connection.</exception>
    public static SqlDatabase Sqlite(string path) => new SqliteDatabase(path);

    /// <summary>PostgreSQL 12 or later.</summary>
    /// <param name="connectionString">As Npgsql takes it: <c>Host=db;Database=sales;Username=…;Password=…</c>; <c>Search Path</c> chooses the schema.</param>
    /// <exception cref="GraphException">The connection string can't be read or names no host. The message never holds its values.</exception>
    public static SqlDatabase PostgreSql(string connectionString) => new PostgresDatabase(connectionString);

    /// <summary>An open connection. Blocks; throws what the driver throws.</summary>
    internal abstract DbConnection Connect();

    /// <summary>Whether the same may work later: the database is busy, full, restarting or out of reach.</summary>
    internal abstract bool IsTransient(Exception error);

    /// <summary>The driver's message in one line.</summary>
    internal abstract string MessageOf(Exception error);

    /// <summary>The type's name in <c>CREATE TABLE</c>.</summary>
    internal abstract string NameOf(SqlType type);

    /// <summary>Whether a column declared as <paramref name="declared"/> holds values of the type unchanged.</summary>
    internal abstract bool Holds(string declared, SqlType type);

    /// <summary>Names and declared types of a table's columns; none where there is no such table.</summary>
    internal abstract Dictionary<string, string> ReadColumns(DbConnection connection, string table);

    /// <summary>Lets one connection at a time create tables, until the transaction ends.</summary>
    internal abstract void LockForCreation(DbConnection connection, DbTransaction transaction);

    /// <summary>The value as the driver takes it.</summary>
    internal abstract object ToDriver(object value, SqlType type);

    /// <summary>Adds a parameter without a value.</summary>
    internal abstract DbParameter AddParameter(DbCommand command, string name, SqlType type);

    /// <summary>Inserts rows, given by their values one column after the other, where that is faster than statements; false where it is not.</summary>
    internal virtual bool TryCopy(DbConnection connection, string table, IReadOnlyList<(string Name, SqlType Type)> columns, IReadOnlyList<object[]> rows) => false;

    /// <summary>The identifier in quotes.</summary>
    internal static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
