using Millrace.Data;

namespace Millrace.Connectors;

/// <summary>Which partition of a sink to write.</summary>
/// <param name="Job">The job that writes. With <paramref name="Operator"/> and <paramref name="Partition"/> it names what the outside holds of it, also after a restart.</param>
/// <param name="Operator">The sink in the job's graph.</param>
/// <param name="Partition">The partition, counted from 0.</param>
/// <param name="Parallelism">How many partitions there are.</param>
public sealed record SinkContext(JobId Job, OperatorId Operator, PartitionId Partition, int Parallelism);
