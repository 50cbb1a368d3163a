using Millrace.Graphs;
using Millrace.Operators.Keyed;

namespace Millrace.DStreams;

/// <summary>Operations on streams of (key, value) pairs. Null is a key like others.</summary>
public static partial class PairDStreamExtensions
{
    /// <summary>The same keys with other values.</summary>
    public static DStream<(TKey Key, TOut Value)> MapValues<TKey, TValue, TOut>(this DStream<(TKey Key, TValue Value)> stream, Func<TValue, TOut> map)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(map);
        return stream.Apply<(TKey Key, TOut Value)>(
            "mapValues",
            () => new Operators.Stateless.MapOperator<(TKey Key, TValue Value), (TKey Key, TOut Value)>(pair => (pair.Key, map(pair.Value))),
            isPartitionedByKey: stream.IsPartitionedByKey);
    }

    /// <summary>Any number of values for each value, under the same key.</summary>
    public static DStream<(TKey Key, TOut Value)> FlatMapValues<TKey, TValue, TOut>(
        this DStream<(TKey Key, TValue Value)> stream, Func<TValue, IEnumerable<TOut>> expand)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(expand);
        return stream.Apply<(TKey Key, TOut Value)>(
            "flatMapValues",
            () => new Operators.Stateless.FlatMapOperator<(TKey Key, TValue Value), (TKey Key, TOut Value)>(
                pair => expand(pair.Value)?.Select(value => (pair.Key, value))!),
            isPartitionedByKey: stream.IsPartitionedByKey);
    }

    /// <summary>The values of each key of each batch, reduced to one. The function must be associative and commutative.</summary>
    /// <param name="stream">The pairs.</param>
    /// <param name="reduce">Makes one value of two.</param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    public static DStream<(TKey Key, TValue Value)> ReduceByKey<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream, Func<TValue, TValue, TValue> reduce, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(reduce);
        var exchange = ByKey(stream, numPartitions);
        return Combine(stream, reduce).Apply<(TKey Key, TValue Value)>(
            "reduceByKey", () => new ReduceByKeyOperator<TKey, TValue>(reduce), exchange, isPartitionedByKey: true, parallelism: numPartitions);
    }

    /// <summary>The values of each key of each batch as a list, in no particular order between partitions. Nobody changes a list afterwards.</summary>
    /// <param name="stream">The pairs.</param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    public static DStream<(TKey Key, IReadOnlyList<TValue> Value)> GroupByKey<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Apply<(TKey Key, IReadOnlyList<TValue> Value)>(
            "groupByKey", () => new GroupByKeyOperator<TKey, TValue>(), ByKey(stream, numPartitions), isPartitionedByKey: true, parallelism: numPartitions);
    }

    /// <summary>The values of each key of each batch brought together in a combiner.</summary>
    /// <param name="stream">The pairs.</param>
    /// <param name="createCombiner">The combiner of a key's first value.</param>
    /// <param name="mergeValue">Takes a further value in.</param>
    /// <param name="mergeCombiners">Makes one combiner of two.</param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    /// <param name="mapSideCombine">Whether values are combined before they cross to the partition of their key. <value>Default true.</value></param>
    public static DStream<(TKey Key, TCombiner Value)> CombineByKey<TKey, TValue, TCombiner>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<TValue, TCombiner> createCombiner,
        Func<TCombiner, TValue, TCombiner> mergeValue,
        Func<TCombiner, TCombiner, TCombiner> mergeCombiners,
        int? numPartitions = null,
        bool mapSideCombine = true)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(createCombiner);
        ArgumentNullException.ThrowIfNull(mergeValue);
        ArgumentNullException.ThrowIfNull(mergeCombiners);
        if (!mapSideCombine)
            return GroupByKey(stream, numPartitions).MapValues(Fold);
        return stream
            .Apply<(TKey Key, IReadOnlyList<TValue> Value)>("groupLocally", () => new GroupByKeyOperator<TKey, TValue>(), isPartitionedByKey: stream.IsPartitionedByKey)
            .MapValues(Fold)
            .ReduceByKey(mergeCombiners, numPartitions);

        TCombiner Fold(IReadOnlyList<TValue> values)
        {
            var combiner = createCombiner(values[0]);
            for (var value = 1; value < values.Count; value++)
                combiner = mergeValue(combiner, values[value]);
            return combiner;
        }
    }

    /// <summary>The same pairs, all of a key on one partition.</summary>
    public static DStream<(TKey Key, TValue Value)> PartitionBy<TKey, TValue>(this DStream<(TKey Key, TValue Value)> stream, int numPartitions)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numPartitions);
        return stream.Apply<(TKey Key, TValue Value)>(
            "partitionBy",
            static () => new Operators.Stateless.UnionOperator<(TKey Key, TValue Value)>(1),
            ByKey(stream, numPartitions),
            isPartitionedByKey: true,
            parallelism: numPartitions);
    }

    private static DStream<(TKey Key, TValue Value)> Combine<TKey, TValue>(
        DStream<(TKey Key, TValue Value)> stream, Func<TValue, TValue, TValue> reduce) =>
        stream.IsPartitionedByKey
            ? stream
            : stream.Apply<(TKey Key, TValue Value)>("combineByKey", () => new CombineByKeyOperator<TKey, TValue>(reduce));

    // A stream that is partitioned by key stays where it is, unless it is to have another number of partitions.
    private static Exchange<(TKey Key, TValue Value)> ByKey<TKey, TValue>(DStream<(TKey Key, TValue Value)> stream, int? numPartitions)
    {
        if (numPartitions is { } given)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(given, nameof(numPartitions));
        return stream.IsPartitionedByKey && numPartitions is null
            ? Exchange<(TKey Key, TValue Value)>.Forward
            : Exchange<(TKey Key, TValue Value)>.Hash(new KeyPartitioner<TKey, TValue>());
    }
}
