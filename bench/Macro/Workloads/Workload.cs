namespace Millrace.Bench.Macro.Workloads;

/// <summary>A workload of PERFORMANCE: its name on the command line and what it asks.</summary>
internal abstract record Workload(string Name, string Title)
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        Grep.Workload, WordCount.Workload, SlidingWordCount.Workload, TopWords.Workload, CampaignCount.Workload, KeyedSum.Workload,
        ClusterWorkloads.WordCount, ClusterWorkloads.CampaignCount, Crossing.Workload,
    ];

    /// <value>Whether it asks what several processes cost the product: it runs embedded and as nodes of a cluster, and no peer runs it. Default false.</value>
    public bool IsForNodes { get; init; }
}

/// <param name="Generate">Makes the input; deterministic.</param>
/// <param name="Expected">The checksum that a correct program returns, from a plain loop that shares no code with any engine.</param>
internal sealed record Workload<T>(
    string Name,
    string Title,
    Func<Input<T>> Generate,
    Func<Input<T>, ResultKind, ulong> Expected) : Workload(Name, Title);
