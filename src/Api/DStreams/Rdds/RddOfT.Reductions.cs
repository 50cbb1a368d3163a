using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <content>Actions that make few values of all rows. Partitions are reduced in parallel, their results merged in the order of the partitions.</content>
public sealed partial class Rdd<T>
{
    /// <summary>All rows reduced to one. The function must be associative.</summary>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    public T Reduce(Func<T, T, T> reduce)
    {
        ArgumentNullException.ThrowIfNull(reduce);
        return Reduce("reduce", reduce);
    }

    /// <summary>As <see cref="Reduce(Func{T, T, T})"/>; the results of the partitions are merged in parallel too, in about <paramref name="depth"/> rounds.</summary>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    /// <exception cref="GraphException">The depth is less than 1.</exception>
    public T TreeReduce(Func<T, T, T> reduce, int depth = 2)
    {
        ArgumentNullException.ThrowIfNull(reduce);
        var partial = RunAll("treeReduce", (_, rows) => ReduceRows(rows, reduce)).Where(result => result.HasValue).Select(result => result.Value).ToArray();
        return MergeTree("treeReduce", partial, reduce, depth) is [var result] ? result : throw Check.EmptyCollection();
    }

    /// <summary>As <see cref="Reduce(Func{T, T, T})"/> with a value for no row, which each partition begins with, and the merging of them too: it must be neutral.</summary>
    public T Fold(T zero, Func<T, T, T> fold)
    {
        ArgumentNullException.ThrowIfNull(fold);
        return Aggregate("fold", ZeroValue.Of("fold", zero), fold, fold);
    }

    /// <summary>Adds the rows of each partition to a value, and merges the values.</summary>
    /// <param name="zero">The neutral value to begin with; each partition gets a copy.</param>
    /// <param name="add">Adds a row.</param>
    /// <param name="merge">Merges two values; must be associative.</param>
    public TResult Aggregate<TResult>(TResult zero, Func<TResult, T, TResult> add, Func<TResult, TResult, TResult> merge) =>
        Aggregate(ZeroValue.Of("aggregate", zero), add, merge);

    /// <inheritdoc cref="Aggregate{TResult}(TResult, Func{TResult, T, TResult}, Func{TResult, TResult, TResult})"/>
    /// <param name="zero">Makes a neutral value, which the functions may alter.</param>
    public TResult Aggregate<TResult>(Func<TResult> zero, Func<TResult, T, TResult> add, Func<TResult, TResult, TResult> merge)
    {
        ArgumentNullException.ThrowIfNull(zero);
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(merge);
        return Aggregate("aggregate", zero, add, merge);
    }

    /// <summary>As <see cref="Aggregate{TResult}(Func{TResult}, Func{TResult, T, TResult}, Func{TResult, TResult, TResult})"/>, merging in parallel in about <paramref name="depth"/> rounds.</summary>
    /// <exception cref="GraphException">The depth is less than 1.</exception>
    public TResult TreeAggregate<TResult>(Func<TResult> zero, Func<TResult, T, TResult> add, Func<TResult, TResult, TResult> merge, int depth = 2)
    {
        ArgumentNullException.ThrowIfNull(zero);
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(merge);
        var partial = RunAll("treeAggregate", (_, rows) => rows.Aggregate(zero(), add));
        return MergeTree("treeAggregate", partial, merge, depth) is [var result] ? result : zero();
    }

    /// <inheritdoc cref="TreeAggregate{TResult}(Func{TResult}, Func{TResult, T, TResult}, Func{TResult, TResult, TResult}, int)"/>
    /// <param name="zero">The neutral value to begin with; each partition gets a copy.</param>
    public TResult TreeAggregate<TResult>(TResult zero, Func<TResult, T, TResult> add, Func<TResult, TResult, TResult> merge, int depth = 2) =>
        TreeAggregate(ZeroValue.Of("treeAggregate", zero), add, merge, depth);

    /// <summary>The highest row, the first of equal ones.</summary>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    /// <exception cref="GraphException">The rows have no order.</exception>
    public T Max(IComparer<T>? comparer = null)
    {
        var order = Ordering<T>.OrDefault(comparer);
        return Reduce("max", (left, right) => order.Compare(left, right) >= 0 ? left : right);
    }

    /// <summary>The lowest row, the first of equal ones.</summary>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    /// <exception cref="GraphException">The rows have no order.</exception>
    public T Min(IComparer<T>? comparer = null)
    {
        var order = Ordering<T>.OrDefault(comparer);
        return Reduce("min", (left, right) => order.Compare(left, right) <= 0 ? left : right);
    }

    /// <summary>The lowest <paramref name="count"/> rows, lowest first; equal ones in their order.</summary>
    /// <exception cref="GraphException">The rows have no order, or the count is negative.</exception>
    public T[] TakeOrdered(int count, IComparer<T>? comparer = null) => Lowest("takeOrdered", count, Ordering<T>.OrDefault(comparer));

    /// <summary>The highest <paramref name="count"/> rows, highest first; equal ones in their order.</summary>
    /// <exception cref="GraphException">The rows have no order, or the count is negative.</exception>
    public T[] Top(int count, IComparer<T>? comparer = null) => Lowest("top", count, Ordering<T>.Reverse(Ordering<T>.OrDefault(comparer)));

    /// <summary>How often each row occurs.</summary>
    /// <exception cref="GraphException">The rows can't be keys.</exception>
    public IReadOnlyDictionary<T, long> CountByValue() => CountBy("countByValue", static row => row);

    /// <summary>About how many different rows there are, from a HyperLogLog sketch.</summary>
    /// <param name="relativeSd">The standard deviation of the error, as a part of the count; smaller costs memory (5 % 512 bytes, 0.5 % 64 KB for each partition).</param>
    /// <exception cref="GraphException">The rows can't be keys, or the deviation is not within 0.0021 and 0.26.</exception>
    public long CountApproxDistinct(double relativeSd = 0.05)
    {
        var precision = HyperLogLog.PrecisionFor(relativeSd);
        var keys = KeyType.Of<T>();
        return Aggregate("countApproxDistinct", () => new HyperLogLog(precision), (sketch, row) => sketch.Add(keys.Hash(row)), HyperLogLog.Merge).Estimate();
    }

    internal IReadOnlyDictionary<TKey, long> CountBy<TKey>(string operation, Func<T, TKey> key)
    {
        var partial = RunAll(operation, (_, rows) =>
        {
            var table = new KeyTable<TKey, long>();
            foreach (var row in rows)
                table.Find(key(row), out bool _)++;
            return table.Entries;
        });
        var merged = new KeyCombiner<TKey, long, long>(static count => count, static (left, right) => left + right, static (left, right) => left + right);
        return KeyMap.Of(merged.Merge(partial.SelectMany(entries => entries)));
    }

    internal TResult Aggregate<TResult>(string operation, Func<TResult> zero, Func<TResult, T, TResult> add, Func<TResult, TResult, TResult> merge)
    {
        var partial = RunAll(operation, (_, rows) => rows.Aggregate(zero(), add));
        return UserCode.Call(operation, () => partial.Aggregate(zero(), merge));
    }

    private T Reduce(string operation, Func<T, T, T> reduce)
    {
        var partial = RunAll(operation, (_, rows) => ReduceRows(rows, reduce)).Where(result => result.HasValue).Select(result => result.Value);
        var merged = UserCode.Call(operation, () => ReduceRows(partial, reduce));
        return merged.HasValue ? merged.Value : throw Check.EmptyCollection();
    }

    private T[] Lowest(string operation, int count, IComparer<T> order)
    {
        Check.Count(count);
        var partial = RunAll(operation, (_, rows) => LowestRows.Of(rows, count, order));
        return UserCode.Call(operation, () => LowestRows.Of(partial.SelectMany(rows => rows), count, order));
    }

    private TResult[] MergeTree<TResult>(string operation, TResult[] values, Func<TResult, TResult, TResult> merge, int depth)
    {
        if (depth < 1)
            throw new GraphException($"A depth of {depth} found, 1 or more expected.");
        var width = Math.Max(2, (int)Math.Ceiling(Math.Pow(values.Length, 1.0 / depth)));
        while (values.Length > 1)
        {
            var slices = new Rdd<TResult>(Rdd.Slice(values, (values.Length + width - 1) / width), operation, runner: Runner);
            values = slices.RunAll(operation, (_, rows) => rows.Aggregate(merge));
        }

        return values;
    }

    private static Option<T> ReduceRows(IEnumerable<T> rows, Func<T, T, T> reduce)
    {
        using var all = rows.GetEnumerator();
        if (!all.MoveNext())
            return Option<T>.None;
        var reduced = all.Current;
        while (all.MoveNext())
            reduced = reduce(reduced, all.Current);
        return new Option<T>(reduced);
    }
}
