using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <content>RDDs as sets: rows are equal as keys are.</content>
public sealed partial class Rdd<T>
{
    /// <summary>Each row once: the first one, where equal ones can be told apart.</summary>
    /// <exception cref="GraphException">The rows can't be keys, or there are fewer partitions than 1.</exception>
    public Rdd<T> Distinct(int? numPartitions = null) =>
        WithItself("distinct")
            .Combine("distinct", new KeyCombiner<T, T, T>(static row => row, static (first, _) => first, static (first, _) => first), numPartitions)
            .Values();

    /// <summary>The rows that are in both, each once.</summary>
    /// <exception cref="GraphException">The rows can't be keys, or there are fewer partitions than 1.</exception>
    public Rdd<T> Intersection(Rdd<T> other, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(other);
        return GroupWithOther("intersection", other, numPartitions)
            .Derive<T>("intersection", rows => rows.Where(row => row.Values.Left.Count > 0 && row.Values.Right.Count > 0).Select(row => row.Key));
    }

    /// <summary>The rows that the other has not, duplicates among them.</summary>
    /// <exception cref="GraphException">The rows can't be keys, or there are fewer partitions than 1.</exception>
    public Rdd<T> Subtract(Rdd<T> other, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(other);
        return GroupWithOther("subtract", other, numPartitions)
            .Derive<T>("subtract", rows => rows.Where(row => row.Values.Right.Count == 0).SelectMany(row => row.Values.Left));
    }

    private Rdd<(T Key, T Value)> WithItself(string operation) => Derive(operation, rows => rows.Select(row => (row, row)));

    private Rdd<(T Key, (IReadOnlyList<T> Left, IReadOnlyList<T> Right) Values)> GroupWithOther(string operation, Rdd<T> other, int? numPartitions) =>
        WithItself(operation).CoGroupAs(operation, other.WithItself(operation), numPartitions);
}
