namespace Millrace.Connectors.Logs;

/// <summary>How a <see cref="LogWriter"/> cuts a partition into segments, and which it deletes.</summary>
/// <remarks>Whole segments are deleted, the oldest first and never the last, when a new one begins and in <see cref="LogWriter.Retain"/>;
/// none that a named reader has not released. Without any of the limits nothing is deleted.</remarks>
public sealed record LogWriterOptions
{
    private const int SegmentBytesMin = 1 << 10;
    private const int SegmentBytesLimit = 1 << 30;

    /// <summary>The size from which on a new segment begins.</summary>
    /// <value>Default 64 MB; from 1 KB to 1 GB.</value>
    public int SegmentBytes { get; init; } = 64 << 20;

    /// <summary>Delete what is over this size.</summary>
    /// <value>Default null: any size is kept.</value>
    public long? RetainBytes { get; init; }

    /// <summary>Delete segments last written longer ago.</summary>
    /// <value>Default null: any age is kept.</value>
    public TimeSpan? RetainAge { get; init; }

    /// <summary>Delete what every named reader has released, where there is one.</summary>
    /// <value>Default false.</value>
    public bool DeleteReleased { get; init; }

    /// <summary>Whose clock decides on the age.</summary>
    /// <value>Default the system's.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        if (SegmentBytes is < SegmentBytesMin or > SegmentBytesLimit)
            throw new LogException($"Log writer: SegmentBytes {SegmentBytes} found, {SegmentBytesMin} to {SegmentBytesLimit} expected; correct it.");
        if (RetainBytes < 0 || RetainAge < TimeSpan.Zero)
            throw new LogException($"Log writer: RetainBytes {RetainBytes} and RetainAge {RetainAge} found, no negative ones expected; correct them.");
    }
}
