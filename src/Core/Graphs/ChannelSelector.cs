namespace Millrace.Graphs;

/// <summary>Finds the receiving partition of every row of a batch.</summary>
/// <remarks>
/// Called by the sending tasks, once a batch; one that is given to <see cref="Exchange{T}.Custom"/> is called by all of them, each on its
/// own thread: what it keeps must be safe for that. A call should last milliseconds at most and must not block. Rows of an epoch that runs
/// again are asked for again, perhaps in other batches; answers need not be the same. A throw is an error of the operator behind the edge.
/// </remarks>
public abstract class ChannelSelector<T>
{
    /// <summary>Names the rule, where a key's rows always go to one partition: state behind the edge is found again by the same rule alone.</summary>
    /// <value>Default null: the partitions of rows mean nothing to state.</value>
    public virtual string? Name => null;

    /// <summary>Writes the partition of each row, in [0, <paramref name="parallelism"/>); any other number, or none, is an error of the row.</summary>
    /// <param name="rows">The rows; valid during the call.</param>
    /// <param name="partitions">Where to write, as long as <paramref name="rows"/>.</param>
    /// <param name="parallelism">Partitions of the receiver.</param>
    public abstract void SelectPartitions(ReadOnlySpan<T> rows, Span<int> partitions, int parallelism);
}
