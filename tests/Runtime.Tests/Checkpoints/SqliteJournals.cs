using Akka.Actor;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>A SQLite file in a directory of its own, and journals on it.</summary>
internal sealed class SqliteJournals
{
    private readonly ActorSystem _system = ActorSystem.Create("host");

    public SqliteJournals()
    {
        Folder = Path.Combine(Path.GetTempPath(), "millrace-journal-" + Guid.NewGuid().ToString("N"));
        DatabaseFile = Path.Combine(Folder, "deeper", "job.db");
    }

    public string Folder { get; }

    public string DatabaseFile { get; }

    public SqlJournalOptions Options => new() { Kind = JournalKind.Sqlite, Target = DatabaseFile };

    public Task<SqlJournal> OpenAsync(SqlJournalOptions? options = null, ILogger? logger = null, string job = "the/job") =>
        SqlJournal.OpenAsync(_system, options ?? Options, job, logger ?? NullLogger.Instance, CancellationToken.None);

    /// <summary>Somebody else's connection.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False;Default Timeout=30");
        connection.Open();
        return connection;
    }

    public object? Sql(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public async Task EndAsync()
    {
        await _system.Terminate();
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
