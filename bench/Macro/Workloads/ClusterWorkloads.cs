namespace Millrace.Bench.Macro.Workloads;

/// <summary>Workloads that others have too, on nodes of a cluster.</summary>
internal static class ClusterWorkloads
{
    public static Workload<string> WordCount { get; } = OnNodes(Workloads.WordCount.Workload);

    public static Workload<AdEvent> CampaignCount { get; } = OnNodes(Workloads.CampaignCount.Workload);

    private static Workload<T> OnNodes<T>(Workload<T> workload) =>
        workload with { Name = $"cluster-{workload.Name}", Title = $"on processes of a cluster: {workload.Title}", IsForNodes = true };
}
