using Microsoft.Data.Sqlite;
using Millrace.Connectors.Sql;

namespace Millrace.Connectors.Tests.Sql;

/// <summary>A SQLite file of its own.</summary>
public sealed class SqliteOutside : SqlOutside, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("millrace-").FullName;

    public override SqlDatabase Database => SqlDatabase.Sqlite(File);

    /// <summary>The same, seen by a writer that waits for others for a second at most.</summary>
    public SqlDatabase Impatient => new SqliteDatabase(File, busyTimeoutSeconds: 1);

    private string File => Path.Combine(_root, "test.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_root, recursive: true);
    }
}
