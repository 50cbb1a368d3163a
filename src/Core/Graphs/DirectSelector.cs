namespace Millrace.Graphs;

/// <summary>Asks each row for its partition.</summary>
internal sealed class DirectSelector<T>(Func<T, int> partitionOf) : ChannelSelector<T>
{
    /// <inheritdoc/>
    public override void SelectPartitions(ReadOnlySpan<T> rows, Span<int> partitions, int parallelism)
    {
        for (var row = 0; row < rows.Length; row++)
            partitions[row] = partitionOf(rows[row]);
    }
}
