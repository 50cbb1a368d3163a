using Millrace.Graphs;

namespace Millrace.DStreams;

/// <summary>All rows of one partition of a batch, on their way to or from a function of whole batches.</summary>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Partitions">Of how many.</param>
/// <param name="Rows">The rows, which nobody changes.</param>
internal readonly record struct PartitionRows<T>(int Partition, int Partitions, T[] Rows)
{
    /// <summary>Neighbouring partitions to the same receiver, so that their order stays.</summary>
    public static Exchange<PartitionRows<T>> InBlocks { get; } = Exchange<PartitionRows<T>>.Custom(new Blocks());

    private sealed class Blocks : ChannelSelector<PartitionRows<T>>
    {
        public override void SelectPartitions(ReadOnlySpan<PartitionRows<T>> rows, Span<int> partitions, int parallelism)
        {
            for (var row = 0; row < rows.Length; row++)
                partitions[row] = (int)((long)rows[row].Partition * parallelism / rows[row].Partitions);
        }
    }
}
