using Millrace.Runtime.Configuration;

namespace Millrace.Runtime.Checkpoints;

/// <summary>What a <see cref="SqlJournal"/> needs to be opened.</summary>
internal sealed record SqlJournalOptions
{
    /// <value>Required.</value>
    public required JournalKind Kind { get; init; }

    /// <value>Path of the SQLite file, or the connection string of the PostgreSQL server (which may hold a password).</value>
    public required string Target { get; init; }

    /// <value>How long nothing may succeed before <see cref="SqlJournal.GaveUp"/>. Default 5 minutes.</value>
    public TimeSpan OutageBudget { get; init; } = TimeSpan.FromMinutes(5);

    /// <value>Largest chunk of a row in bytes. Default 1 MiB.</value>
    public int ChunkSizeBytes { get; init; } = 1024 * 1024;

    /// <value>
    /// How long an append may take before its outcome is unknown. Default 60 s: databases have time-outs of their own, this is for what they miss,
    /// and a large row takes its time.
    /// </value>
    public TimeSpan AppendTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <value>By which the outage budget is measured. Default the system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Everything but the target.</summary>
    public override string ToString() => $"{Kind}, outage budget {OutageBudget}, chunks of {ChunkSizeBytes} bytes";
}
