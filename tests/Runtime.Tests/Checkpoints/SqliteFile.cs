using Akka.Actor;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>A directory with a SQLite journal, deleted at the end.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("tests", "akka.loglevel = OFF, akka.stdout-loglevel = OFF");

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"millrace-{Guid.NewGuid():N}");

    public string File => Path.Combine(Folder, "jobs", "journal.db");

    public SqlJournalOptions Options => new() { Kind = JournalKind.Sqlite, Target = File };

    public Task<SqlJournal> OpenAsync(string job = "job", ILogger? logger = null, SqlJournalOptions? options = null) =>
        SqlJournal.OpenAsync(_system, options ?? Options, job, job, logger ?? NullLogger.Instance);

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>Runs SQL on the file; the number of rows that it changed.</summary>
    public int Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _system.Terminate().GetAwaiter().GetResult();
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
