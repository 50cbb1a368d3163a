using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Operations on RDDs of (key, value) pairs. A null key is a key.</summary>
/// <remarks>
/// Operations by key take a <see cref="Partitioner{TKey}"/> or a number of partitions; without either the pairs stay where they are when they are partitioned already
/// (<see cref="PartitionBy"/>, an operation by key before), and are else shuffled by the stable hash of the key into as many partitions
/// as the largest parent has. All values of a key are in one partition then. Keys come in the order in which they are met, the lower
/// partitions first: the same at every computation. Key types without a stable hash are refused with a <see cref="GraphException"/>.
/// </remarks>
public static partial class PairRddExtensions
{
    /// <summary>The keys, duplicates among them.</summary>
    public static Rdd<TKey> Keys<TKey, TValue>(this Rdd<(TKey Key, TValue Value)> rdd)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.Derive("keys", rows => rows.Select(row => row.Key));
    }

    /// <summary>The values.</summary>
    public static Rdd<TValue> Values<TKey, TValue>(this Rdd<(TKey Key, TValue Value)> rdd)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.Derive("values", rows => rows.Select(row => row.Value));
    }

    /// <summary>One value for each value; the keys and where they are stay.</summary>
    public static Rdd<(TKey Key, TOut Value)> MapValues<TKey, TValue, TOut>(this Rdd<(TKey Key, TValue Value)> rdd, Func<TValue, TOut> map)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(map);
        return rdd.Derive("mapValues", rows => rows.Select(row => (row.Key, map(row.Value))), keepsPartitioner: true);
    }

    /// <summary>Any number of values for each value; the keys and where they are stay.</summary>
    public static Rdd<(TKey Key, TOut Value)> FlatMapValues<TKey, TValue, TOut>(
        this Rdd<(TKey Key, TValue Value)> rdd, Func<TValue, IEnumerable<TOut>> expand)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(expand);
        return rdd.ExpandValues("flatMapValues", expand);
    }

    /// <summary>The pairs where a partitioner puts them. Nothing moves when an equal one put them there.</summary>
    public static Rdd<(TKey Key, TValue Value)> PartitionBy<TKey, TValue>(this Rdd<(TKey Key, TValue Value)> rdd, Partitioner<TKey> partitioner)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(partitioner);
        return partitioner.Equals(rdd.Partitioner) ? rdd : rdd.ShufflePairs("partitionBy", partitioner, static rows => rows);
    }

    /// <summary>The values of each key. <c>ReduceByKey</c> and <see cref="AggregateByKey{TKey, TValue, TResult}(Rdd{ValueTuple{TKey, TValue}}, TResult, Func{TResult, TValue, TResult}, Func{TResult, TResult, TResult}, int?)"/> send less.</summary>
    public static Rdd<(TKey Key, IReadOnlyList<TValue> Values)> GroupByKey<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.GroupByKey(Partitioning.Of<TKey>(numPartitions, rdd));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, IReadOnlyList<TValue> Values)> GroupByKey<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, Partitioner<TKey> partitioner)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(partitioner);
        var combiner = new KeyCombiner<TKey, TValue, List<TValue>>(static value => [value], Add, static (left, right) => [.. left, .. right]);
        return rdd.Combine("groupByKey", combiner, partitioner, combinesBefore: false)
            .Derive("groupByKey", rows => rows.Select(row => (row.Key, (IReadOnlyList<TValue>)row.Value)), keepsPartitioner: true);

        static List<TValue> Add(List<TValue> values, TValue value)
        {
            values.Add(value);
            return values;
        }
    }

    /// <summary>The values of each key reduced to one, before the shuffle and behind it. The function must be associative and must not alter its arguments.</summary>
    public static Rdd<(TKey Key, TValue Value)> ReduceByKey<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, Func<TValue, TValue, TValue> reduce, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.ReduceByKey(reduce, Partitioning.Of<TKey>(numPartitions, rdd));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, TValue Value)> ReduceByKey<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, Func<TValue, TValue, TValue> reduce, Partitioner<TKey> partitioner)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(reduce);
        ArgumentNullException.ThrowIfNull(partitioner);
        return rdd.Combine("reduceByKey", new KeyCombiner<TKey, TValue, TValue>(static value => value, reduce, reduce), partitioner);
    }

    /// <summary>As <c>ReduceByKey</c>, beginning with a neutral value for each key of each partition.</summary>
    public static Rdd<(TKey Key, TValue Value)> FoldByKey<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, TValue zero, Func<TValue, TValue, TValue> fold, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.FoldByKey(zero, fold, Partitioning.Of<TKey>(numPartitions, rdd));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, TValue Value)> FoldByKey<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, TValue zero, Func<TValue, TValue, TValue> fold, Partitioner<TKey> partitioner)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(fold);
        ArgumentNullException.ThrowIfNull(partitioner);
        var begin = ZeroValue.Of("foldByKey", zero);
        return rdd.Combine("foldByKey", new KeyCombiner<TKey, TValue, TValue>(value => fold(begin(), value), fold, fold), partitioner);
    }

    /// <summary>The values of each key added to a value of another type, before the shuffle, and merged behind it.</summary>
    /// <param name="rdd">The pairs.</param>
    /// <param name="zero">The neutral value that each key of each partition begins with; each gets a copy.</param>
    /// <param name="add">Adds a value.</param>
    /// <param name="merge">Merges two results; must be associative.</param>
    /// <param name="numPartitions">Number of partitions.</param>
    public static Rdd<(TKey Key, TResult Value)> AggregateByKey<TKey, TValue, TResult>(
        this Rdd<(TKey Key, TValue Value)> rdd,
        TResult zero,
        Func<TResult, TValue, TResult> add,
        Func<TResult, TResult, TResult> merge,
        int? numPartitions = null) => AggregateByKey(rdd, ZeroValue.Of("aggregateByKey", zero), add, merge, numPartitions);

    /// <inheritdoc cref="AggregateByKey{TKey, TValue, TResult}(Rdd{ValueTuple{TKey, TValue}}, TResult, Func{TResult, TValue, TResult}, Func{TResult, TResult, TResult}, int?)"/>
    /// <param name="zero">Makes a neutral value for a key of a partition, which the functions may alter.</param>
    public static Rdd<(TKey Key, TResult Value)> AggregateByKey<TKey, TValue, TResult>(
        this Rdd<(TKey Key, TValue Value)> rdd,
        Func<TResult> zero,
        Func<TResult, TValue, TResult> add,
        Func<TResult, TResult, TResult> merge,
        int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.AggregateByKey(zero, add, merge, Partitioning.Of<TKey>(numPartitions, rdd));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, TResult Value)> AggregateByKey<TKey, TValue, TResult>(
        this Rdd<(TKey Key, TValue Value)> rdd,
        TResult zero,
        Func<TResult, TValue, TResult> add,
        Func<TResult, TResult, TResult> merge,
        Partitioner<TKey> partitioner) => AggregateByKey(rdd, ZeroValue.Of("aggregateByKey", zero), add, merge, partitioner);

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, TResult Value)> AggregateByKey<TKey, TValue, TResult>(
        this Rdd<(TKey Key, TValue Value)> rdd,
        Func<TResult> zero,
        Func<TResult, TValue, TResult> add,
        Func<TResult, TResult, TResult> merge,
        Partitioner<TKey> partitioner)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(zero);
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(merge);
        ArgumentNullException.ThrowIfNull(partitioner);
        return rdd.Combine("aggregateByKey", new KeyCombiner<TKey, TValue, TResult>(value => add(zero(), value), add, merge), partitioner);
    }

    /// <summary>The most general operation by key.</summary>
    /// <param name="rdd">The pairs.</param>
    /// <param name="create">Makes a combined value of the first value that a partition holds for a key.</param>
    /// <param name="add">Adds a further value; may alter its first argument when <paramref name="create"/> made it.</param>
    /// <param name="merge">Merges the combined values of two partitions; may alter its first argument.</param>
    /// <param name="numPartitions">Number of partitions.</param>
    public static Rdd<(TKey Key, TCombined Value)> CombineByKey<TKey, TValue, TCombined>(
        this Rdd<(TKey Key, TValue Value)> rdd,
        Func<TValue, TCombined> create,
        Func<TCombined, TValue, TCombined> add,
        Func<TCombined, TCombined, TCombined> merge,
        int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.CombineByKey(create, add, merge, Partitioning.Of<TKey>(numPartitions, rdd));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    /// <param name="rdd">The pairs.</param>
    /// <param name="create">Makes a combined value of the first value that a partition holds for a key.</param>
    /// <param name="add">Adds a further value; may alter its first argument when <paramref name="create"/> made it.</param>
    /// <param name="merge">Merges the combined values of two partitions; may alter its first argument.</param>
    /// <param name="partitioner">Where the keys go.</param>
    /// <param name="mapSideCombine">Whether values are combined before the shuffle. <value>Default true.</value></param>
    public static Rdd<(TKey Key, TCombined Value)> CombineByKey<TKey, TValue, TCombined>(
        this Rdd<(TKey Key, TValue Value)> rdd,
        Func<TValue, TCombined> create,
        Func<TCombined, TValue, TCombined> add,
        Func<TCombined, TCombined, TCombined> merge,
        Partitioner<TKey> partitioner,
        bool mapSideCombine = true)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(merge);
        ArgumentNullException.ThrowIfNull(partitioner);
        return rdd.Combine("combineByKey", new KeyCombiner<TKey, TValue, TCombined>(create, add, merge), partitioner, mapSideCombine);
    }

    /// <summary>About how many different values each key has; see <see cref="Rdd{T}.CountApproxDistinct"/>.</summary>
    public static Rdd<(TKey Key, long Count)> CountApproxDistinctByKey<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, double relativeSd = 0.05, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.CountApproxDistinctByKey(Partitioning.Of<TKey>(numPartitions, rdd), relativeSd);
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, long Count)> CountApproxDistinctByKey<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, Partitioner<TKey> partitioner, double relativeSd = 0.05)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        var precision = HyperLogLog.PrecisionFor(relativeSd);
        var values = KeyType.Of<TValue>();
        return rdd.AggregateByKey(() => new HyperLogLog(precision), (sketch, value) => sketch.Add(values.Hash(value)), HyperLogLog.Merge, partitioner)
            .MapValues(sketch => sketch.Estimate());
    }

    /// <summary>Draws each pair with the fraction of its key; see <see cref="Rdd{T}.Sample"/>. A key without a fraction is an error of the action.</summary>
    /// <exception cref="GraphException">A fraction is negative, or above 1 without replacement.</exception>
    public static Rdd<(TKey Key, TValue Value)> SampleByKey<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, bool withReplacement, IReadOnlyDictionary<TKey, double> fractions, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(fractions);
        foreach (var fraction in fractions.Values)
            Check.Fraction(fraction, withReplacement);
        return rdd.SampleBy("sampleByKey", withReplacement, row => fractions[row.Key], seed);
    }

    internal static Rdd<(TKey Key, TCombined Value)> Combine<TKey, TValue, TCombined>(
        this Rdd<(TKey Key, TValue Value)> rdd,
        string operation,
        KeyCombiner<TKey, TValue, TCombined> combiner,
        Partitioner<TKey> partitioner,
        bool combinesBefore = true)
    {
        if (partitioner.Equals(rdd.Partitioner))
            return rdd.Derive(operation, combiner.Combine, keepsPartitioner: true);
        return combinesBefore
            ? rdd.ShuffleBy(operation, new KeyRoute<TKey, TCombined>(partitioner), combiner.Combine, combiner.Merge, partitioner)
            : rdd.ShufflePairs(operation, partitioner, combiner.Combine);
    }

    internal static Rdd<(TKey Key, TOut Value)> ExpandValues<TKey, TValue, TOut>(
        this Rdd<(TKey Key, TValue Value)> rdd, string operation, Func<TValue, IEnumerable<TOut>> expand) =>
        rdd.Derive(operation, rows => rows.SelectMany(row => expand(row.Value), (row, value) => (row.Key, value)), keepsPartitioner: true);

    internal static Rdd<TOut> ShufflePairs<TKey, TValue, TOut>(
        this Rdd<(TKey Key, TValue Value)> rdd,
        string operation,
        Partitioner<TKey> partitioner,
        Func<IEnumerable<(TKey Key, TValue Value)>, IEnumerable<TOut>> finish) =>
        rdd.ShuffleBy(operation, new KeyRoute<TKey, TValue>(partitioner), static rows => rows, finish, partitioner);
}
