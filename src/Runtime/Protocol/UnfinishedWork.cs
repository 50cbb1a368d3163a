namespace Millrace.Runtime.Protocol;

/// <summary>Where a job stood when it was stopped at once.</summary>
/// <param name="Planned">The last planned epoch.</param>
/// <param name="Committed">The last committed one.</param>
/// <param name="Slowest">The sink that has applied least of what is committed; null: all have all of it.</param>
internal sealed record UnfinishedWork(long Planned, long Committed, ControlMessages.SinkWatermark? Slowest);
