using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <content>Operations on several RDDs and on the number of partitions.</content>
public sealed partial class Rdd<T>
{
    /// <summary>The rows of both, duplicates among them; the partitions of this one come first.</summary>
    public Rdd<T> Union(Rdd<T> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Rdd.Union(this, other);
    }

    /// <summary>Every row of this one with every row of the other. Holds a partition of the other in memory.</summary>
    public Rdd<(T Left, TOther Right)> Cartesian<TOther>(Rdd<TOther> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(new CartesianRecipe<T, TOther>(this, other), "cartesian");
    }

    /// <summary>The rows of the same place side by side.</summary>
    /// <remarks>Partitions of the same number must have equally many rows; else an action throws.</remarks>
    /// <exception cref="GraphException">The other has another number of partitions.</exception>
    public Rdd<(T Left, TOther Right)> Zip<TOther>(Rdd<TOther> other) => ZipPartitions(other, "zip", static (left, right) => Pair(left, right));

    /// <summary>A sequence of rows for the sequences of each two partitions of the same number.</summary>
    /// <exception cref="GraphException">The other has another number of partitions.</exception>
    public Rdd<TOut> ZipPartitions<TOther, TOut>(Rdd<TOther> other, Func<IEnumerable<T>, IEnumerable<TOther>, IEnumerable<TOut>> zip)
    {
        ArgumentNullException.ThrowIfNull(zip);
        return ZipPartitions(other, "zipPartitions", zip);
    }

    /// <summary>Fewer partitions: neighbours are put together without a shuffle, so that fewer compute at once. More are made only with a shuffle.</summary>
    /// <exception cref="GraphException">Fewer partitions than 1.</exception>
    public Rdd<T> Coalesce(int numPartitions, bool shuffle = false)
    {
        Check.Partitions(numPartitions);
        var operation = "coalesce";
        return shuffle ? Redistribute(numPartitions, operation)
            : numPartitions >= NumPartitions ? Derive(operation, static rows => rows)
            : new(new CoalescedRecipe<T>(this, numPartitions), operation);
    }

    /// <summary>So many partitions of nearly the same size: the rows are dealt out in a shuffle, the same way each time.</summary>
    /// <exception cref="GraphException">Fewer partitions than 1.</exception>
    public Rdd<T> Repartition(int numPartitions) => Redistribute(Check.Partitions(numPartitions), "repartition");

    /// <summary>A shuffle of its rows.</summary>
    internal Rdd<TOut> ShuffleBy<TRow, TOut>(
        string operation,
        Route<TRow> route,
        Func<IEnumerable<T>, IEnumerable<TRow>> combine,
        Func<IEnumerable<TRow>, IEnumerable<TOut>> finish,
        object? partitioner = null) =>
        new(new ShuffledRecipe<T, TRow, TOut>(new(this, operation, route, combine, finish), operation), operation, partitioner);

    /// <summary>Has the next operation run on all partitions at once, in tasks that may wait for each other (<see cref="BarrierTaskContext"/>), as programs need that pass messages on.</summary>
    /// <remarks>
    /// When an action needs its rows, all of them are computed together, and kept while the RDD lives. There must be as many executors as
    /// partitions (<c>millrace.task.threads</c>), or the action throws a <see cref="GraphException"/>; without a job each has a thread of its own. When one task
    /// fails, the others are let go and the whole stage is tried again, up to <c>millrace.task.max-attempts</c> times in all; what accumulators were
    /// told by tasks that had ended then counts again. A function of another RDD can't have a stage computed that is not yet.
    /// </remarks>
    public RddBarrier<T> Barrier() => new(this);

    private Rdd<T> Redistribute(int partitions, string operation) =>
        ShuffleBy<T, T>(operation, new RoundRobinRoute<T>(partitions), static rows => rows, static rows => rows);

    private Rdd<TOut> ZipPartitions<TOther, TOut>(
        Rdd<TOther> other, string operation, Func<IEnumerable<T>, IEnumerable<TOther>, IEnumerable<TOut>> zip)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.NumPartitions != NumPartitions)
            throw new GraphException($"{operation} of {NumPartitions} and {other.NumPartitions} partitions found, equally many expected.");
        return new(new ZippedRecipe<T, TOther, TOut>(this, other, operation, zip), operation);
    }

    private static IEnumerable<(T, TOther)> Pair<TOther>(IEnumerable<T> left, IEnumerable<TOther> right)
    {
        using var others = right.GetEnumerator();
        foreach (var row in left)
        {
            if (!others.MoveNext())
                throw Unequal();
            yield return (row, others.Current);
        }

        if (others.MoveNext())
            throw Unequal();
    }

    private static InvalidOperationException Unequal() => new("equally many rows in partitions of the same number expected");
}
