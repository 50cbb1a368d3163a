namespace Millrace.Data;

/// <summary>One chain on one partition; named after the first operator of the chain, as <c>count#3</c>.</summary>
public readonly record struct TaskId(OperatorId Operator, PartitionId Partition)
{
    public override string ToString() => $"{Operator}#{Partition}";
}
