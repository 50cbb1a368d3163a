using Millrace.Runtime.Configuration;

namespace Millrace.Runtime.Checkpoints;

/// <summary>From the configuration to a journal.</summary>
internal static class SqlJournalOptionsExtensions
{
    /// <summary>The journal that is configured: the SQLite <paramref name="file"/>, or the PostgreSQL server, which has no use for the file.</summary>
    public static SqlJournalOptions For(this JournalOptions options, string file) => new()
    {
        Kind = options.Kind,
        Target = options.Kind == JournalKind.PostgreSql ? options.ConnectionString : file,
        OutageBudget = options.OutageBudget,
        ChunkSizeBytes = options.ChunkSizeBytes,
    };
}
