using Millrace.Runtime.Configuration;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Checkpoints;

/// <summary>From the configuration to a journal.</summary>
internal static class SqlJournalOptionsExtensions
{
    /// <summary>The journal that is configured.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="file">The SQLite file; not used by PostgreSQL.</param>
    /// <exception cref="ConfigurationException">Kind and connection string don't go together.</exception>
    public static SqlJournalOptions For(this JournalOptions options, string file)
    {
        var isServer = options.Kind == JournalKind.PostgreSql;
        if (isServer && options.ConnectionString.Length == 0)
            throw new ConfigurationException("millrace.journal.connection-string: one expected with kind = postgresql, none found; set it to 'Host=…;Database=…;Username=…'.");
        if (!isServer && options.ConnectionString.Length > 0)
            throw new ConfigurationException("millrace.journal.connection-string: none expected with kind = sqlite, one found; leave it out (the file is named by the checkpoint directory), or set kind = postgresql.");
        return new()
        {
            Kind = options.Kind,
            Target = isServer ? options.ConnectionString : file,
            OutageBudget = options.OutageBudget,
            ChunkSizeBytes = options.ChunkSizeBytes,
        };
    }
}
