namespace Millrace.Graphs;

/// <summary>How the rows of an edge are spread over the partitions behind it.</summary>
public enum ExchangeKind
{
    /// <summary>Partition i to partition i; needs the same parallelism on both sides and lets the two be fused.</summary>
    Forward,

    /// <summary>By the key group of the row's key.</summary>
    Hash,

    /// <summary>Every row to every partition.</summary>
    Broadcast,

    /// <summary>Whole batches in turn to all partitions.</summary>
    Rebalance,

    /// <summary>Everything to partition 0.</summary>
    Global,
}
