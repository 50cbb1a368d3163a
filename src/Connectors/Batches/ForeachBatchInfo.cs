namespace Millrace.Connectors.Batches;

/// <summary>Which epoch and partition the rows given to a <see cref="ForeachBatchSink{T}"/> are.</summary>
/// <param name="EpochId">The epoch's number, from 1; larger than that of the call before, not always by one.</param>
/// <param name="Partition">The sink's partition, from 0.</param>
/// <param name="NowMs">The epoch's planned processing time, in ms since 1970; the same when the epoch is given again.</param>
public readonly record struct ForeachBatchInfo(long EpochId, int Partition, long NowMs);
