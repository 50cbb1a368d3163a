namespace Millrace.Runtime.Configuration;

/// <summary>The <c>millrace.cluster</c> section: what makes a process a node.</summary>
public sealed record ClusterOptions
{
    public required bool IsEnabled { get; init; }

    public required string Name { get; init; }

    public required string Host { get; init; }

    /// <summary>Of the control connections: the first one that is free.</summary>
    public required (int First, int Last) Ports { get; init; }

    public required int DataPort { get; init; }

    /// <summary>How others name this node's machine; empty: as <see cref="Host"/> does.</summary>
    public required string PublicHost { get; init; }

    /// <summary>Where they reach the control connections; 0: where they are.</summary>
    public required int PublicPort { get; init; }

    /// <summary>Where they reach the data connections; 0: where they are.</summary>
    public required int PublicDataPort { get; init; }

    /// <summary>As it is written: <c>host:port</c>, separated by commas.</summary>
    public required string Seeds { get; init; }

    public required NodeRoles Roles { get; init; }

    public required int Nodes { get; init; }

    public required TimeSpan PlacementWait { get; init; }

    public required TimeSpan Lease { get; init; }

    /// <summary>Where submitted jobs are kept, with a journal in SQLite; empty: nowhere.</summary>
    public required string JobsDirectory { get; init; }

    /// <summary>0: none is looked for.</summary>
    public required int StragglerEpochs { get; init; }

    public required int StragglerFactor { get; init; }

    public required TimeSpan StragglerExcess { get; init; }

    public required TimeSpan StragglerRest { get; init; }

    public required bool AllowsInsecure { get; init; }

    public required TlsOptions Tls { get; init; }

    /// <summary>One by one.</summary>
    public IEnumerable<string> SeedList => Seeds.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} at {Host}:{Ports.First}";
}
