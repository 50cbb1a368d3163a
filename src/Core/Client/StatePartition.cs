using Millrace.Data;

namespace Millrace.Client;

/// <summary>The part of a table that one partition holds.</summary>
/// <param name="Partition">Which.</param>
/// <param name="Count">How many entries it had.</param>
/// <param name="Epoch">At the end of which epoch; 0: before the first.</param>
public sealed record StatePartition(PartitionId Partition, long Count, Epoch Epoch);
