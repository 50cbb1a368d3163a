namespace Millrace.Runtime.Configuration;

/// <summary>The <c>millrace.journal</c> section, read and checked. It says where durable jobs keep their journal; which jobs are durable is theirs to say.</summary>
public sealed record JournalOptions
{
    public required JournalKind Kind { get; init; }

    /// <value>May hold a password: never shown. Empty for SQLite.</value>
    public required string ConnectionString { get; init; }

    public required TimeSpan OutageBudget { get; init; }

    public required int ChunkSizeBytes { get; init; }

    /// <summary>Everything but the connection string.</summary>
    public override string ToString() => $"{Kind}, outage budget {OutageBudget}, chunks of {ChunkSizeBytes} bytes";
}
