using Millrace.DStreams.Rdds;
using Millrace.Operators.Keyed;

namespace Millrace.DStreams;

/// <summary>Operations on streams of (key, value) pairs. Null is a key like others.</summary>
/// <remarks>
/// Operations by key take a <see cref="Partitioner{TKey}"/> or a number of partitions; without either the pairs stay where they are when they
/// are partitioned by key already, and else go by the stable hash of the key.
/// </remarks>
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
            partitionedBy: stream.PartitionedBy);
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
            partitionedBy: stream.PartitionedBy);
    }

    /// <summary>The values of each key of each batch, reduced to one. The function must be associative and commutative, and leave its arguments as they are.</summary>
    /// <param name="stream">The pairs.</param>
    /// <param name="reduce">Makes one value of two.</param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    public static DStream<(TKey Key, TValue Value)> ReduceByKey<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream, Func<TValue, TValue, TValue> reduce, int? numPartitions = null) =>
        ReduceByKey(stream, reduce, KeyPlacement<TKey>.Of(stream, numPartitions));

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static DStream<(TKey Key, TValue Value)> ReduceByKey<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream, Func<TValue, TValue, TValue> reduce, Partitioner<TKey> partitioner) =>
        ReduceByKey(stream, reduce, KeyPlacement<TKey>.By(partitioner));

    /// <summary>The values of each key of each batch as a list, in no particular order between partitions. Nobody changes a list afterwards.</summary>
    /// <param name="stream">The pairs.</param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    public static DStream<(TKey Key, IReadOnlyList<TValue> Value)> GroupByKey<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream, int? numPartitions = null) =>
        GroupByKey(stream, KeyPlacement<TKey>.Of(stream, numPartitions));

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static DStream<(TKey Key, IReadOnlyList<TValue> Value)> GroupByKey<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream, Partitioner<TKey> partitioner) =>
        GroupByKey(stream, KeyPlacement<TKey>.By(partitioner));

    /// <summary>The values of each key of each batch brought together in a combiner.</summary>
    /// <remarks>
    /// The functions may change and return the combiner that they are given. They are called for the values of a key of a batch and partition in
    /// one go: to an error policy these values are one record.
    /// </remarks>
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
        bool mapSideCombine = true) =>
        CombineByKey(stream, createCombiner, mergeValue, mergeCombiners, KeyPlacement<TKey>.Of(stream, numPartitions), mapSideCombine);

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static DStream<(TKey Key, TCombiner Value)> CombineByKey<TKey, TValue, TCombiner>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<TValue, TCombiner> createCombiner,
        Func<TCombiner, TValue, TCombiner> mergeValue,
        Func<TCombiner, TCombiner, TCombiner> mergeCombiners,
        Partitioner<TKey> partitioner,
        bool mapSideCombine = true) =>
        CombineByKey(stream, createCombiner, mergeValue, mergeCombiners, KeyPlacement<TKey>.By(partitioner), mapSideCombine);

    /// <summary>The same pairs, all of a key on one partition.</summary>
    public static DStream<(TKey Key, TValue Value)> PartitionBy<TKey, TValue>(this DStream<(TKey Key, TValue Value)> stream, int numPartitions) =>
        PartitionBy(stream, KeyPlacement<TKey>.ByHash(numPartitions));

    /// <summary>The same pairs, where a partitioner puts them.</summary>
    public static DStream<(TKey Key, TValue Value)> PartitionBy<TKey, TValue>(this DStream<(TKey Key, TValue Value)> stream, Partitioner<TKey> partitioner) =>
        PartitionBy(stream, KeyPlacement<TKey>.By(partitioner));

    private static DStream<(TKey Key, TValue Value)> ReduceByKey<TKey, TValue>(
        DStream<(TKey Key, TValue Value)> stream, Func<TValue, TValue, TValue> reduce, KeyPlacement<TKey> placement)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(reduce);
        return Combine(stream, reduce).Apply<(TKey Key, TValue Value)>(
            "reduceByKey",
            () => new ReduceByKeyOperator<TKey, TValue>(reduce),
            placement.From(stream),
            partitionedBy: placement.PartitionedBy,
            parallelism: placement.Parallelism);
    }

    private static DStream<(TKey Key, IReadOnlyList<TValue> Value)> GroupByKey<TKey, TValue>(
        DStream<(TKey Key, TValue Value)> stream, KeyPlacement<TKey> placement)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Apply<(TKey Key, IReadOnlyList<TValue> Value)>(
            "groupByKey",
            () => new GroupByKeyOperator<TKey, TValue>(),
            placement.From(stream),
            partitionedBy: placement.PartitionedBy,
            parallelism: placement.Parallelism);
    }

    private static DStream<(TKey Key, TCombiner Value)> CombineByKey<TKey, TValue, TCombiner>(
        DStream<(TKey Key, TValue Value)> stream,
        Func<TValue, TCombiner> createCombiner,
        Func<TCombiner, TValue, TCombiner> mergeValue,
        Func<TCombiner, TCombiner, TCombiner> mergeCombiners,
        KeyPlacement<TKey> placement,
        bool mapSideCombine)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(createCombiner);
        ArgumentNullException.ThrowIfNull(mergeValue);
        ArgumentNullException.ThrowIfNull(mergeCombiners);
        if (!mapSideCombine)
            return GroupByKey(stream, placement).MapValues(Fold);
        var combined = stream
            .Apply<(TKey Key, IReadOnlyList<TValue> Value)>("groupLocally", () => new GroupByKeyOperator<TKey, TValue>(), partitionedBy: stream.PartitionedBy)
            .MapValues(Fold);
        return ReduceByKey(combined, mergeCombiners, placement);

        TCombiner Fold(IReadOnlyList<TValue> values)
        {
            var combiner = createCombiner(values[0]);
            for (var value = 1; value < values.Count; value++)
                combiner = mergeValue(combiner, values[value]);
            return combiner;
        }
    }

    private static DStream<(TKey Key, TValue Value)> PartitionBy<TKey, TValue>(
        DStream<(TKey Key, TValue Value)> stream, KeyPlacement<TKey> placement)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Apply<(TKey Key, TValue Value)>(
            "partitionBy",
            static () => new Operators.Stateless.UnionOperator<(TKey Key, TValue Value)>(1),
            placement.From(stream),
            partitionedBy: placement.PartitionedBy,
            parallelism: placement.Parallelism);
    }

    private static DStream<(TKey Key, TValue Value)> Combine<TKey, TValue>(
        DStream<(TKey Key, TValue Value)> stream, Func<TValue, TValue, TValue> reduce) =>
        stream.PartitionedBy is not null
            ? stream
            : stream.Apply<(TKey Key, TValue Value)>("combineByKey", () => new CombineByKeyOperator<TKey, TValue>(reduce));
}
