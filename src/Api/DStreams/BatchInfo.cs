using System.Globalization;

namespace Millrace.DStreams;

/// <summary>A batch on its way. What is not known yet is null.</summary>
public sealed record BatchInfo
{
    internal BatchInfo(Time batchTime, IReadOnlyList<StreamInputInfo> inputs) => (BatchTime, Inputs) = (batchTime, inputs);

    /// <summary>The batch's time.</summary>
    public Time BatchTime { get; }

    /// <summary>What it reads, by input stream.</summary>
    public IReadOnlyList<StreamInputInfo> Inputs { get; }

    /// <summary>Records of all input streams.</summary>
    public long NumRecords => Inputs.Sum(input => input.NumRecords);

    /// <summary>When it was due: its batch time.</summary>
    public DateTimeOffset SubmissionTime => DateTimeOffset.FromUnixTimeMilliseconds(BatchTime.Milliseconds);

    /// <summary>When work on it began: when it was planned, or, where batches were before it, when the last of them was done.</summary>
    public DateTimeOffset? ProcessingStartTime { get; internal init; }

    /// <summary>When its last output operation had run.</summary>
    public DateTimeOffset? ProcessingEndTime { get; internal init; }

    /// <summary>The output operations that have run, in their order; those of a longer slide run in some batches only.</summary>
    public IReadOnlyList<OutputOperationInfo> OutputOperations { get; internal init; } = [];

    /// <summary>How long it waited for batches before it; zero for the last one of a graceful stop, which is worked off ahead of its time.</summary>
    public TimeSpan? SchedulingDelay => ProcessingStartTime is { } start ? TimeSpan.FromTicks(Math.Max(0, (start - SubmissionTime).Ticks)) : null;

    /// <summary>How long it was worked on.</summary>
    public TimeSpan? ProcessingDelay => ProcessingEndTime - ProcessingStartTime;

    /// <summary>From when it was due until it was done: both delays together.</summary>
    public TimeSpan? TotalDelay => SchedulingDelay + ProcessingDelay;

    public override string ToString() => $"batch of {BatchTime}: {NumRecords} records ({string.Join(", ", Inputs)}), " +
        $"{OutputOperations.Count} output operations, scheduling delay {InMs(SchedulingDelay)}, processing delay {InMs(ProcessingDelay)}";

    private static string InMs(TimeSpan? delay) => delay is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:F0} ms") : "unknown";
}
