using System.Globalization;
using Akka.Configuration;
using Akka.Persistence.Sql;

namespace Millrace.Runtime.Checkpoints;

/// <summary>How a journal sets up Akka.Persistence.Sql in an actor system of its own.</summary>
/// <remarks>
/// Why a system for each journal: plug-ins are named in the configuration, which is fixed when a system starts, and live as long as it does, while
/// journals are opened and closed with jobs. Its log is off, since every failure reaches the journal and becomes one line there.
/// It has no threads but the scheduler's; it shares the pool of the process.
/// </remarks>
internal static class SqlPlugin
{
    public const string JournalId = "akka.persistence.journal.sql";
    public const string QueryId = "akka.persistence.query.journal.sql";

    /// <summary>The configuration of the system.</summary>
    /// <remarks>
    /// The circuit breaker never opens: it would fail appends for its own reasons, where the state machines repeat with a pause anyway.
    /// Blobs are parameters, not SQL text. A page of a query holds few rows, since each may be a chunk of a mebibyte.
    /// What the query plug-in looks up periodically serves queries over all streams, which are not used.
    /// </remarks>
    public static Config ConfigOf(SqlDatabase database)
    {
        var connection = $"connection-string = {Quote(database.ConnectionString)}, provider-name = {Quote(database.ProviderName)}";
        return ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              loglevel = OFF, stdout-loglevel = OFF
              coordinated-shutdown { run-by-clr-shutdown-hook = off, run-by-actor-system-terminate = off, exit-clr = off }
              persistence {
                journal {
                  plugin = {{JournalId}}
                  sql {
                    {{connection}}
                    auto-initialize = off, tag-write-mode = Csv, prefer-parameters-on-multirow-insert = true
                    default.journal.table-name = {{SqlDatabase.Table}}
                    recovery-event-timeout = 15 s
                    circuit-breaker { max-failures = 2147483647, call-timeout = 60 s, reset-timeout = 1 s }
                  }
                }
                query.journal.sql {
                  {{connection}}
                  write-plugin = {{JournalId}}, tag-read-mode = Csv, max-buffer-size = 64
                  journal-sequence-retrieval.query-delay = 1 h
                  default.journal.table-name = {{SqlDatabase.Table}}
                }
              }
            }
            """)).WithFallback(SqlPersistence.DefaultConfiguration);
    }

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
