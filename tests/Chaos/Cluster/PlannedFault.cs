namespace Millrace.Chaos.Cluster;

/// <summary>A fault to come.</summary>
/// <param name="Kind">What.</param>
/// <param name="Pause">How long the cluster has run well before.</param>
/// <param name="Node">From 0 to 1: which node, where it is not given by the kind.</param>
/// <param name="Length">How long it lasts beyond the recovery of the others; of a database, how long it is away.</param>
/// <param name="Shape">Of a partition.</param>
internal sealed record PlannedFault(FaultKind Kind, TimeSpan Pause, double Node, TimeSpan Length, PartitionShape Shape)
{
    private static readonly int Shapes = Enum.GetValues<PartitionShape>().Length;

    /// <summary>All faults of a run, drawn from its seed.</summary>
    public static IReadOnlyList<PlannedFault> Draw(ClusterOptions options)
    {
        // Not for secrets: faults have to be drawn again from the seed.
#pragma warning disable CA5394
        var random = new Random(options.Seed);
        var kinds = options.Faults.SelectMany(kind => Enumerable.Repeat(kind.Key, kind.Value)).ToArray();
        random.Shuffle(kinds);
        return [.. kinds.Select(kind => new PlannedFault(kind, Milliseconds(1200), random.NextDouble(), Milliseconds(1000), (PartitionShape)random.Next(Shapes)))];

        TimeSpan Milliseconds(int max) => TimeSpan.FromMilliseconds(random.Next(max));
#pragma warning restore CA5394
    }
}
