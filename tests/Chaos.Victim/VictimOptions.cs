using Millrace.Connectors.Sql;

namespace Millrace.Chaos.Victim;

/// <summary>What the launcher tells the victim; the same at every start.</summary>
internal sealed record VictimOptions
{
    /// <summary>The directory of the run.</summary>
    public required string Root { get; init; }

    /// <summary>The time of batch 0.</summary>
    public required DateTimeOffset ZeroTime { get; init; }

    /// <summary>From one batch to the next.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>Batches of a window.</summary>
    public required int WindowBatches { get; init; }

    /// <summary>Batches from one window to the next.</summary>
    public required int SlideBatches { get; init; }

    /// <summary>PostgreSQL for journal and SQL sink; null where both are SQLite.</summary>
    public string? Postgres { get; init; }

    /// <summary>Where the SQL sink writes.</summary>
    public SqlDatabase Database => Postgres is null ? SqlDatabase.Sqlite(Path.Combine(Root, "sink.db")) : SqlDatabase.PostgreSql(Postgres);
}
