using System.Collections.Immutable;

namespace Millrace.Chaos.Cluster;

/// <summary>Several nodes, of which one after the other is hit by a fault.</summary>
public sealed record ClusterOptions : ChaosOptions
{
    public ClusterOptions() => (RecordsPerSecond, Journal) = (20_000, JournalKind.Postgres);

    /// <inheritdoc/>
    public override string ToString() => $"{Nodes} nodes, {string.Join(", ", Faults.Select(fault => $"{fault.Value} × {fault.Key}"))}, some ten seconds each{Limit}";

    // A dozen sinks in three processes write to one file in turn, and wait for the disk each time.
    internal override int IntervalMs => Journal == JournalKind.Sqlite ? 300 : base.IntervalMs;

    /// <summary>Nodes. <value>Default 3; 2 to 9.</value></summary>
    public int Nodes { get; init; } = 3;

    /// <summary>How often each kind of fault is made; the order is drawn from the seed. <value>Default 10 kills, 2 stops, 2 kills of the coordinator.</value></summary>
    public ImmutableSortedDictionary<FaultKind, int> Faults { get; init; } = ImmutableSortedDictionary.CreateRange<FaultKind, int>(
        [new(FaultKind.Kill, 10), new(FaultKind.Stop, 2), new(FaultKind.Coordinator, 2)]);
}
