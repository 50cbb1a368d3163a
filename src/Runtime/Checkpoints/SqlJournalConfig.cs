using Akka.Configuration;
using Akka.Persistence.Sql;

namespace Millrace.Runtime.Checkpoints;

/// <summary>HOCON of the actor system of one <see cref="SqlJournal"/>.</summary>
internal static class SqlJournalConfig
{
    /// <remarks>
    /// Silent, since the journal reports failures itself. The circuit breaker waits 20 s for a write of many megabytes, and closes again after 1 s.
    /// Reads fetch 100 chunks at a time, which may be 100 MB. Rows are inserted one by one with parameters: as one statement they would be megabytes of text.
    /// </remarks>
    public static Config For(SqlDatabase database)
    {
        var connection = $"connection-string = {Quote(database.ConnectionString)}\nprovider-name = {Quote(database.ProviderName)}";
        return ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              log-dead-letters = off
              log-dead-letters-during-shutdown = off
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              persistence {
                journal {
                  plugin = "akka.persistence.journal.sql"
                  sql {
                    {{connection}}
                    plugin-dispatcher = "akka.actor.default-dispatcher"
                    replay-dispatcher = "akka.actor.default-dispatcher"
                    auto-initialize = off
                    tag-write-mode = Csv
                    replay-batch-size = 100
                    max-row-by-row-size = 1000000
                    prefer-parameters-on-multirow-insert = true
                    recovery-event-timeout = 10 s
                    circuit-breaker { max-failures = 10, call-timeout = 20 s, reset-timeout = 1 s }
                    default.journal.table-name = {{SqlDatabase.Table}}
                  }
                }
                query.journal.sql {
                  {{connection}}
                  tag-read-mode = Csv
                  replay-batch-size = 100
                  default.journal.table-name = {{SqlDatabase.Table}}
                }
              }
            }
            """).WithFallback(SqlPersistence.DefaultConfiguration);
    }

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
