using Millrace.DStreams.Rdds;
using Millrace.Graphs;

namespace Millrace.DStreams;

/// <summary>Each pair goes to the partition of its key.</summary>
internal sealed class PartitionerSelector<TKey, TValue>(Partitioner<TKey> partitioner) : ChannelSelector<(TKey Key, TValue Value)>
{
    /// <inheritdoc/>
    public override string? Name => partitioner.ToString();

    /// <inheritdoc/>
    public override void SelectPartitions(ReadOnlySpan<(TKey Key, TValue Value)> rows, Span<int> partitions, int parallelism)
    {
        for (var row = 0; row < rows.Length; row++)
            partitions[row] = partitioner.GetPartition(rows[row].Key);
    }
}
