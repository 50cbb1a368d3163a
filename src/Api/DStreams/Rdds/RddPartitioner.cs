namespace Millrace.DStreams.Rdds;

/// <summary>Decides to which partition a key belongs. Two equal partitioners put every key in the same place, so that a join of theirs shuffles nothing.</summary>
/// <remarks>Called from any thread; must answer the same for equal keys, always, by their content and never by <c>GetHashCode</c>.</remarks>
public abstract class RddPartitioner<TKey>
{
    /// <param name="numPartitions">Number of partitions, 1 or more.</param>
    /// <exception cref="Millrace.Data.GraphException">Fewer partitions than 1.</exception>
    protected RddPartitioner(int numPartitions) => NumPartitions = Check.Partitions(numPartitions);

    /// <summary>Number of partitions.</summary>
    public int NumPartitions { get; }

    /// <summary>The partition of a key, from 0 to <see cref="NumPartitions"/> − 1.</summary>
    public abstract int PartitionOf(TKey key);

    /// <summary>Computes what it needs before many threads ask.</summary>
    internal virtual void Prepare()
    {
    }
}
