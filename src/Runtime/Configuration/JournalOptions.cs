namespace Millrace.Runtime.Configuration;

/// <summary>The <c>millrace.journal</c> section, read and checked. What each value means stands in <c>hocon/millrace.conf</c>.</summary>
public sealed record JournalOptions
{
    /// <value>Default <see cref="JournalKind.Sqlite"/>.</value>
    public JournalKind Kind { get; init; }

    /// <value>Of a PostgreSQL server; default empty. May hold a password: never written anywhere.</value>
    public string ConnectionString { get; init; } = "";

    /// <value>Default 5 minutes.</value>
    public TimeSpan OutageBudget { get; init; } = TimeSpan.FromMinutes(5);

    /// <value>Bytes; default 1 MiB.</value>
    public int ChunkSizeBytes { get; init; } = 1024 * 1024;

    /// <summary>Everything but the connection string.</summary>
    public override string ToString() => $"{Kind}, outage budget {OutageBudget}, chunks of {ChunkSizeBytes} bytes";
}
