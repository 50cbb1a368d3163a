using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <content>Row by row and partition by partition.</content>
public sealed partial class Rdd<T>
{
    /// <summary>One row for each row.</summary>
    public Rdd<TOut> Map<TOut>(Func<T, TOut> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Derive("map", rows => rows.Select(map));
    }

    /// <summary>Any number of rows for each row. The function returns an empty sequence for none, never null.</summary>
    public Rdd<TOut> FlatMap<TOut>(Func<T, IEnumerable<TOut>> expand)
    {
        ArgumentNullException.ThrowIfNull(expand);
        return Derive("flatMap", rows => rows.SelectMany(row => expand(row) ?? throw new InvalidOperationException("the function returned null, a sequence expected")));
    }

    /// <summary>The rows for which the predicate holds. Pairs stay partitioned as they are.</summary>
    public Rdd<T> Filter(Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Derive("filter", rows => rows.Where(predicate), keepsPartitioner: true);
    }

    /// <summary>A sequence of rows for the sequence of each partition. Enumerating the argument twice computes it twice.</summary>
    /// <param name="map">The function.</param>
    /// <param name="preservesPartitioning">Whether the rows are pairs whose keys the function leaves as they are.</param>
    public Rdd<TOut> MapPartitions<TOut>(Func<IEnumerable<T>, IEnumerable<TOut>> map, bool preservesPartitioning = false)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Derive("mapPartitions", map, preservesPartitioning);
    }

    /// <summary>As <see cref="MapPartitions"/>, with the number of the partition.</summary>
    public Rdd<TOut> MapPartitionsWithIndex<TOut>(Func<int, IEnumerable<T>, IEnumerable<TOut>> map, bool preservesPartitioning = false)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Derive("mapPartitionsWithIndex", map, preservesPartitioning);
    }

    /// <summary>The lines that a program gives back which is given the rows of a partition as lines; it is started for each partition.</summary>
    /// <param name="command">The program and its arguments; no shell reads them.</param>
    /// <remarks>Computing a partition fails where the program can't be started or ends with an exit code other than 0; its standard error is in the message.</remarks>
    /// <exception cref="GraphException">No program is given.</exception>
    public Rdd<string> Pipe(params IReadOnlyList<string> command) => command is [{ Length: > 0 }, ..]
        ? Derive("pipe", rows => PipedRows.Of(command, rows))
        : throw new GraphException("Pipe: a program and its arguments expected, none found.");

    /// <summary>Each partition as one array.</summary>
    public Rdd<T[]> Glom() => Derive<T[]>("glom", rows => [rows.ToArray()]);

    /// <summary>Each row with its key before it.</summary>
    public Rdd<(TKey Key, T Value)> KeyBy<TKey>(Func<T, TKey> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Derive("keyBy", rows => rows.Select(row => (key(row), row)));
    }

    /// <summary>The rows of each key, those of the lower partitions first.</summary>
    /// <exception cref="Millrace.Data.GraphException">The type can't be a key, or there are fewer partitions than 1.</exception>
    public Rdd<(TKey Key, IReadOnlyList<T> Values)> GroupBy<TKey>(Func<T, TKey> key, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        return KeyBy(key).GroupByKey(numPartitions);
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public Rdd<(TKey Key, IReadOnlyList<T> Values)> GroupBy<TKey>(Func<T, TKey> key, Partitioner<TKey> partitioner)
    {
        ArgumentNullException.ThrowIfNull(key);
        return KeyBy(key).GroupByKey(partitioner);
    }

    /// <summary>Each row with its position, from 0 on, in the order of the partitions. Counts the rows of all partitions but the last first.</summary>
    public Rdd<(T Row, long Index)> ZipWithIndex() => new(new ZippedWithIndexRecipe<T>(this), "zipWithIndex");

    /// <summary>Each row with a number of its own, without counting: row i of partition p of n gets i × n + p.</summary>
    public Rdd<(T Row, long Id)> ZipWithUniqueId()
    {
        var partitions = NumPartitions;
        return Derive("zipWithUniqueId", (partition, rows) => rows.Select((row, index) => (row, ((long)index * partitions) + partition)));
    }

    /// <summary>The rows ordered by a key; rows of equal keys stay in their order.</summary>
    /// <remarks>The bounds of the partitions come from a sample, for which the rows are computed once more.</remarks>
    /// <exception cref="Millrace.Data.GraphException">The keys have no order, or there are fewer partitions than 1.</exception>
    public Rdd<T> SortBy<TKey>(Func<T, TKey> key, bool ascending = true, int? numPartitions = null, IComparer<TKey>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        return KeyBy(key).SortByKey(ascending, numPartitions, comparer).Values();
    }
}
