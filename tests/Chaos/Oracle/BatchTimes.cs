namespace Millrace.Chaos.Oracle;

/// <summary>When the batches of the victim's program are, in milliseconds.</summary>
/// <param name="ZeroMs">The time of batch 0.</param>
/// <param name="IntervalMs">From one batch to the next.</param>
/// <param name="WindowBatches">Batches of a window.</param>
/// <param name="SlideBatches">Batches from one window to the next.</param>
internal sealed record BatchTimes(long ZeroMs, int IntervalMs, int WindowBatches, int SlideBatches)
{
    /// <summary>The first batch.</summary>
    public long FirstMs => ZeroMs + IntervalMs;

    /// <summary>Whether a window ends with the batch.</summary>
    public bool EndsWindow(long batchMs) => (batchMs - ZeroMs) / IntervalMs % SlideBatches == 0;
}
