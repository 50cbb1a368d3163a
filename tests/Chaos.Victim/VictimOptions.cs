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

    /// <summary>How many keys each source's ballast has, of half a kilobyte each; 0 for none.</summary>
    public required int Slots { get; init; }

    /// <summary>PostgreSQL for journal and SQL sink; null where both are SQLite.</summary>
    public string? Postgres { get; init; }

    /// <summary>What <c>millrace.cluster</c> holds, as HOCON; null of a process that is alone.</summary>
    public string? Cluster { get; init; }

    /// <summary>The host's configuration.</summary>
    public string Hocon =>
        $"{(Postgres is null ? "millrace.journal.kind = sqlite" : $"millrace.journal {{ kind = postgresql, connection-string = \"{Postgres}\" }}")}\nmillrace.cluster {{ {Cluster} }}";

    /// <summary>Where the SQL sink writes.</summary>
    public SqlDatabase Database => Postgres is null ? SqlDatabase.Sqlite(Path.Combine(Root, "sink.db")) : SqlDatabase.PostgreSql(Postgres);
}
