using System.Diagnostics.Metrics;
using Millrace.Data;

namespace Millrace.DStreams;

/// <summary>What batches tell to the meter <c>Millrace</c>, beside what every job does.</summary>
/// <remarks>
/// Instruments: <c>millrace.batch.scheduling_delay</c> (s), <c>millrace.batch.processing_delay</c> (s) and <c>millrace.batch.total_delay</c> (s), as in
/// <see cref="BatchInfo"/>, each tagged with <c>job</c>, once a batch when its output operations have run.
/// </remarks>
internal static class BatchMetrics
{
    private static readonly Meter Meter = new("Millrace");
    private static readonly InstrumentAdvice<double> Buckets = new() { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60] };

    private static readonly Histogram<double> SchedulingDelay = Create("scheduling_delay", "How long a batch waited for batches before it.");
    private static readonly Histogram<double> ProcessingDelay = Create("processing_delay", "How long a batch was worked on, until its last output operation had run.");
    private static readonly Histogram<double> TotalDelay = Create("total_delay", "From when a batch was due until it was done.");

    /// <summary>A batch is done.</summary>
    public static void Completed(JobId job, BatchInfo batch)
    {
        var tag = new KeyValuePair<string, object?>("job", job.Name);
        SchedulingDelay.Record(batch.SchedulingDelay!.Value.TotalSeconds, tag);
        ProcessingDelay.Record(batch.ProcessingDelay!.Value.TotalSeconds, tag);
        TotalDelay.Record(batch.TotalDelay!.Value.TotalSeconds, tag);
    }

    private static Histogram<double> Create(string name, string description) =>
        Meter.CreateHistogram($"millrace.batch.{name}", unit: "s", description: description, advice: Buckets);
}
