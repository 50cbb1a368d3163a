using Millrace.Data;

namespace Millrace.Connectors;

/// <summary>Which partition of a sink to write.</summary>
public sealed record SinkContext(OperatorId Operator, PartitionId Partition, int Parallelism);
