using System.Text.Json;

namespace Millrace.Bench.Macro.Measuring;

/// <summary>One line per program, for scripts.</summary>
internal static class JsonReport
{
    public static string Line(Outcome outcome, double? crossingCpuNs) => JsonSerializer.Serialize(new
    {
        workload = outcome.Workload.Name,
        engine = outcome.Engine,
        variant = outcome.Variant,
        recordsPerSecond = Math.Round(outcome.RecordsPerSecond),
        recordsPerCpuSecond = Math.Round(outcome.RecordsPerCpuSecond),
        runs = outcome.Runs.Select(run => Math.Round(run)),
        allocatedBytesPerRecord = Math.Round(outcome.AllocatedBytesPerRecord, 2),
        peakRssBytes = outcome.PeakRssBytes,
        crossedPerRecord = Math.Round(outcome.CrossedPerRecord, 4),
        crossingCpuNs = crossingCpuNs is { } ns ? Math.Round(ns, 1) : (double?)null,
    });
}
