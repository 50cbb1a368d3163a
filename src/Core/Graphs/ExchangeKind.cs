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

    /// <summary>Whole batches in turn to the sender's own block of the partitions; there are no channels to the others.</summary>
    Rescale,

    /// <summary>Everything to partition 0.</summary>
    Global,

    /// <summary>To the partition that the row names.</summary>
    Direct,

    /// <summary>By key to one of the key's two partitions, the one to which the sender has sent fewer rows.</summary>
    TwoChoice,

    /// <summary>Whole batches in turn to the partitions in the sender's process; to all where it has none.</summary>
    LocalOrShuffle,

    /// <summary>To the partition that a <see cref="ChannelSelector{T}"/> finds for the row.</summary>
    Custom,
}
