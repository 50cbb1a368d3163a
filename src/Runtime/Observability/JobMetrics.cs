using System.Diagnostics;
using System.Diagnostics.Metrics;
using Millrace.Client;
using Millrace.Data;

namespace Millrace.Runtime.Observability;

/// <summary>The one meter and the one activity source, both named <c>Millrace</c>.</summary>
/// <remarks>
/// Instruments: <c>millrace.epoch.duration</c> (s, planned to committed), <c>millrace.epochs.committed</c> ({epoch}),
/// <c>millrace.recoveries</c> ({recovery}), <c>millrace.input.records</c> ({record}, planned, also tagged with <c>input</c>: the source's name in the plan), <c>millrace.records.dropped</c> ({record}, also tagged with <c>reason</c>), <c>millrace.records.dead_lettered</c> ({record}), each tagged with
/// <c>job</c>. Front ends add what they know (<c>millrace.batch.*</c>) to a meter of the same name. An activity <c>epoch</c> per committed epoch.
/// </remarks>
internal sealed class JobMetrics
{
    public const string Name = "Millrace";

    private static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Activities = new(Name);

    private readonly Histogram<double> _epochDuration = Meter.CreateHistogram(
        "millrace.epoch.duration",
        unit: "s",
        description: "From the durable plan of an epoch to its commit.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60] });

    private readonly Counter<long> _epochs = Meter.CreateCounter<long>("millrace.epochs.committed", "{epoch}", "Committed epochs.");
    private readonly Counter<long> _recoveries = Meter.CreateCounter<long>("millrace.recoveries", "{recovery}", "Epochs in flight taken back and run again.");

    private readonly Counter<long> _inputRecords = Meter.CreateCounter<long>(
        "millrace.input.records", "{record}", "Records that planned epochs read of an input; bytes where its offsets count bytes.");

    private readonly Counter<long> _dropped = Meter.CreateCounter<long>("millrace.records.dropped", "{record}", "Records that sources left out or repaired.");

    private readonly Counter<long> _deadLettered = Meter.CreateCounter<long>("millrace.records.dead_lettered", "{record}", "Records that became dead letters, or came to wait behind one.");

    public void EpochCommitted(JobId job, long durationMs)
    {
        var tag = new KeyValuePair<string, object?>("job", job.Name);
        _epochDuration.Record(durationMs / 1000.0, tag);
        _epochs.Add(1, tag);
        if (!Activities.HasListeners())
            return;
        using var activity = Activities.StartActivity("epoch", ActivityKind.Internal, parentContext: default, startTime: Start(durationMs));
        activity?.SetTag("job", job.Name);
    }

    /// <summary>An epoch reads so many records of its inputs.</summary>
    public void Planned(JobId job, IReadOnlyList<SourceInput> inputs)
    {
        foreach (var input in inputs)
            _inputRecords.Add(input.Records, new KeyValuePair<string, object?>("job", job.Name), new KeyValuePair<string, object?>("input", input.Source.Name));
    }

    public void Recovered(JobId job) => _recoveries.Add(1, new KeyValuePair<string, object?>("job", job.Name));

    public void DeadLettered(JobId job, long count) => _deadLettered.Add(count, new KeyValuePair<string, object?>("job", job.Name));

    /// <summary>A source left a record out; <paramref name="reason"/> is one of few.</summary>
    public void Dropped(JobId job, string reason) =>
        _dropped.Add(1, new KeyValuePair<string, object?>("job", job.Name), new KeyValuePair<string, object?>("reason", reason));

    private static DateTimeOffset Start(long durationMs) => TimeProvider.System.GetUtcNow().AddMilliseconds(-durationMs);
}
