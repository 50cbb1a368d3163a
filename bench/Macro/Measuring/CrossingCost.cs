using Millrace.Bench.Macro.Engines;

namespace Millrace.Bench.Macro.Measuring;

/// <summary>What a record that goes to another process costs more than one that stays: the difference to the same program on one node.</summary>
internal static class CrossingCost
{
    /// <summary>CPU time of all processes in ns per record that crossed; null where none did, or one node was not measured.</summary>
    public static double? NsPerRecord(Outcome outcome, IEnumerable<Outcome> all) =>
        outcome.CrossedPerRecord > 0 && all.FirstOrDefault(other => other.Engine == NodeHosting.NameOf(nodes: 1) && other.Variant == outcome.Variant) is { } alone
            ? (CpuNs(outcome) - CpuNs(alone)) / outcome.CrossedPerRecord
            : null;

    private static double CpuNs(Outcome outcome) => 1e9 / outcome.RecordsPerCpuSecond;
}
