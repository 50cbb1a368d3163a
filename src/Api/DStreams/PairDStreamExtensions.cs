using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators.Keyed;

namespace Millrace.DStreams;

/// <summary>Operations on streams of (key, value) pairs.</summary>
public static class PairDStreamExtensions
{
    /// <summary>The values of each key of each batch, reduced to one. The function must be associative and commutative.</summary>
    public static DStream<(TKey Key, TValue Value)> ReduceByKey<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream, Func<TValue, TValue, TValue> reduce)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(reduce);
        var exchange = ByKey(stream);
        var combined = Combine(stream, reduce);
        return combined.Apply<(TKey, TValue)>(
            "reduceByKey", () => new ReduceByKeyOperator<TKey, TValue>(reduce), exchange, isPartitionedByKey: true);
    }

    /// <summary>A total per key over all batches. Each batch gives out the keys that it held, with their new totals.</summary>
    /// <remarks>Cheaper than <see cref="UpdateStateByKey"/> where a batch holds few of many keys. The function must be associative and commutative.</remarks>
    public static DStream<(TKey Key, TValue Value)> RunningReduceByKey<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream, Func<TValue, TValue, TValue> reduce)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(reduce);
        var exchange = ByKey(stream);
        var combined = Combine(stream, reduce);
        return combined.Apply<(TKey, TValue)>(
            "runningReduceByKey",
            () => new RunningReduceByKeyOperator<TKey, TValue>(reduce),
            exchange,
            isStateful: true,
            isPartitionedByKey: true);
    }

    /// <summary>A state per key, brought forward in every batch.</summary>
    /// <param name="stream">The pairs.</param>
    /// <param name="update">
    /// Given the values that the batch holds for a key, and the key's state, returns the new state, or none to forget the key.
    /// Called in every batch for every key that has a state or values, also when the batch holds none for it.
    /// </param>
    /// <returns>The state of every key, in every batch.</returns>
    public static DStream<(TKey Key, TState State)> UpdateStateByKey<TKey, TValue, TState>(
        this DStream<(TKey Key, TValue Value)> stream, Func<IReadOnlyList<TValue>, Option<TState>, Option<TState>> update)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(update);
        return stream.Apply<(TKey, TState)>(
            "updateStateByKey",
            () => new UpdateStateByKeyOperator<TKey, TValue, TState>(update),
            ByKey(stream),
            isStateful: true,
            isPartitionedByKey: true);
    }

    private static DStream<(TKey Key, TValue Value)> Combine<TKey, TValue>(
        DStream<(TKey Key, TValue Value)> stream, Func<TValue, TValue, TValue> reduce) =>
        stream.IsPartitionedByKey
            ? stream
            : stream.Apply<(TKey Key, TValue Value)>("combineByKey", () => new CombineByKeyOperator<TKey, TValue>(reduce));

    private static Exchange<(TKey Key, TValue Value)> ByKey<TKey, TValue>(DStream<(TKey Key, TValue Value)> stream) =>
        stream.IsPartitionedByKey
            ? Exchange<(TKey Key, TValue Value)>.Forward
            : Exchange<(TKey Key, TValue Value)>.Hash(new KeyPartitioner<TKey, TValue>());
}
