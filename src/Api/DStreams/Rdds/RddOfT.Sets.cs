using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <content>RDDs as sets: rows are equal as keys are.</content>
public sealed partial class Rdd<T>
{
    /// <summary>Each row once: the first one, where equal ones can be told apart.</summary>
    /// <exception cref="GraphException">The rows can't be keys, or there are fewer partitions than 1.</exception>
    public Rdd<T> Distinct(int? numPartitions = null)
    {
        var pairs = WithItself("distinct");
        var combiner = new KeyCombiner<T, T, T>(static row => row, static (first, _) => first, static (first, _) => first);
        return pairs.Combine("distinct", combiner, Partitioning.Of<T>(numPartitions, pairs)).Values();
    }

    /// <summary>The rows that are in both, each once.</summary>
    /// <exception cref="GraphException">The rows can't be keys, or there are fewer partitions than 1.</exception>
    public Rdd<T> Intersection(Rdd<T> other, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Intersection(other, Partitioning.Of<T>(numPartitions, this, other));
    }

    /// <summary>The same, where a partitioner puts the rows.</summary>
    public Rdd<T> Intersection(Rdd<T> other, Partitioner<T> partitioner)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(partitioner);
        return GroupWithOther("intersection", other, partitioner)
            .Derive<T>("intersection", rows => rows.Where(row => row.Values.Left.Count > 0 && row.Values.Right.Count > 0).Select(row => row.Key));
    }

    /// <summary>The rows that the other has not, duplicates among them.</summary>
    /// <exception cref="GraphException">The rows can't be keys, or there are fewer partitions than 1.</exception>
    public Rdd<T> Subtract(Rdd<T> other, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Subtract(other, Partitioning.Of<T>(numPartitions, this, other));
    }

    /// <summary>The same, where a partitioner puts the rows.</summary>
    public Rdd<T> Subtract(Rdd<T> other, Partitioner<T> partitioner)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(partitioner);
        return GroupWithOther("subtract", other, partitioner)
            .Derive<T>("subtract", rows => rows.Where(row => row.Values.Right.Count == 0).SelectMany(row => row.Values.Left));
    }

    private Rdd<(T Key, T Value)> WithItself(string operation) => Derive(operation, rows => rows.Select(row => (row, row)));

    private Rdd<(T Key, (IReadOnlyList<T> Left, IReadOnlyList<T> Right) Values)> GroupWithOther(string operation, Rdd<T> other, Partitioner<T> partitioner) =>
        WithItself(operation).CoGroupAs(operation, other.WithItself(operation), partitioner);
}
