namespace Millrace.DStreams.Rdds;

/// <summary>Decides to which partition a key belongs, as Spark's <c>Partitioner</c>: for operations by key of streams and of RDDs.</summary>
/// <remarks>
/// <code>
/// sealed class ByCountry() : Partitioner&lt;string&gt;(numPartitions: 4)
/// {
///     public override int GetPartition(string key) => key.StartsWith("de", StringComparison.Ordinal) ? 0 : 1 + key.Length % 3;
/// }
/// </code>
/// <para>It must answer the same for equal keys: always, in every process, by their content and never by <c>GetHashCode</c>. A partition's rows and
/// state are where it says; a key that it puts elsewhere later would be two keys. A checkpoint that holds state placed by a partitioner is
/// refused where another one (by <see cref="ToString"/>) or another number of partitions is found; one that answers in another way under the same name needs a
/// checkpoint directory of its own.</para>
/// <para>Called from many threads at once, once a row: it must be quick, and safe for that. What it throws, and a number that is no partition,
/// is an error of the operation, which is named; in a stream the operation's error policy decides about the row.</para>
/// <para>Two equal partitioners put every key in the same place, so that what one has partitioned is not moved for the other: override
/// <c>Equals</c> and <c>GetHashCode</c> where instances are alike. The partitions of a stream are its tasks; their number is that of the partitioner,
/// whatever the parallelism of the job.</para>
/// </remarks>
public abstract class Partitioner<TKey>
{
    /// <param name="numPartitions">Number of partitions, 1 or more.</param>
    /// <exception cref="Millrace.Data.GraphException">Fewer partitions than 1.</exception>
    protected Partitioner(int numPartitions) => NumPartitions = Check.Partitions(numPartitions);

    /// <summary>Number of partitions.</summary>
    public int NumPartitions { get; }

    /// <summary>The partition of a key, from 0 to <see cref="NumPartitions"/> − 1.</summary>
    public abstract int GetPartition(TKey key);

    /// <summary>What checkpoints call it. <value>Default: the name of its class.</value></summary>
    public override string ToString() => GetType().Name is var name && name.IndexOf('`', StringComparison.Ordinal) is > 0 and var end ? name[..end] : name;

    /// <summary>Computes what it needs before many threads ask.</summary>
    internal virtual void Prepare()
    {
    }
}
