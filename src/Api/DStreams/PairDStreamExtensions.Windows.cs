using Millrace.DStreams.Rdds;
using Millrace.Operators.Windows;

namespace Millrace.DStreams;

/// <content>Windows by key.</content>
public static partial class PairDStreamExtensions
{
    /// <summary>At every slide the values of each key of the window, oldest batch first; keys without values are not there.</summary>
    /// <param name="stream">The pairs.</param>
    /// <param name="windowDuration">Length of the window, a multiple of the stream's slide.</param>
    /// <param name="slideDuration">Time from one window to the next. <value>Default: the stream's slide.</value></param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    public static DStream<(TKey Key, IReadOnlyList<TValue> Value)> GroupByKeyAndWindow<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream, TimeSpan windowDuration, TimeSpan? slideDuration = null, int? numPartitions = null) =>
        GroupByKeyAndWindow(stream, windowDuration, slideDuration, KeyPlacement<TKey>.Of(stream, numPartitions));

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static DStream<(TKey Key, IReadOnlyList<TValue> Value)> GroupByKeyAndWindow<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream, TimeSpan windowDuration, TimeSpan? slideDuration, Partitioner<TKey> partitioner) =>
        GroupByKeyAndWindow(stream, windowDuration, slideDuration, KeyPlacement<TKey>.By(partitioner));

    /// <summary>At every slide the values of each key of the window, reduced to one; keys without values are not there.</summary>
    /// <param name="stream">The pairs.</param>
    /// <param name="reduce">Associative and commutative. Of a type that can be changed it gets copies, call by call; an immutable one costs none.</param>
    /// <param name="windowDuration">Length of the window, a multiple of the stream's slide.</param>
    /// <param name="slideDuration">Time from one window to the next. <value>Default: the stream's slide.</value></param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    public static DStream<(TKey Key, TValue Value)> ReduceByKeyAndWindow<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<TValue, TValue, TValue> reduce,
        TimeSpan windowDuration,
        TimeSpan? slideDuration = null,
        int? numPartitions = null) => ReduceByKeyAndWindow(stream, reduce, null, windowDuration, slideDuration, numPartitions);

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static DStream<(TKey Key, TValue Value)> ReduceByKeyAndWindow<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<TValue, TValue, TValue> reduce,
        TimeSpan windowDuration,
        TimeSpan? slideDuration,
        Partitioner<TKey> partitioner) => ReduceByKeyAndWindow(stream, reduce, null, windowDuration, slideDuration, partitioner);

    /// <summary>The same, where the values of a window are made from those of the one before: what left is taken out, what came is put in.</summary>
    /// <param name="stream">The pairs.</param>
    /// <param name="reduce">Associative and commutative. Of a type that can be changed it gets copies, call by call; an immutable one costs none.</param>
    /// <param name="inverse">Takes the second value out of the first: <c>inverse(reduce(x, y), x)</c> is y. Null recomputes each window from its slides.</param>
    /// <param name="windowDuration">Length of the window, a multiple of the stream's slide.</param>
    /// <param name="slideDuration">Time from one window to the next. <value>Default: the stream's slide.</value></param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    /// <param name="filter">Keys for whose value it does not hold are forgotten. Without it a key that has left the window stays for ever, with what
    /// the inverse made of its value: a sum of 0. <value>Default null.</value></param>
    public static DStream<(TKey Key, TValue Value)> ReduceByKeyAndWindow<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<TValue, TValue, TValue> reduce,
        Func<TValue, TValue, TValue>? inverse,
        TimeSpan windowDuration,
        TimeSpan? slideDuration = null,
        int? numPartitions = null,
        Func<TKey, TValue, bool>? filter = null) =>
        ReduceByKeyAndWindow(stream, reduce, inverse, windowDuration, slideDuration, KeyPlacement<TKey>.Of(stream, numPartitions), filter);

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static DStream<(TKey Key, TValue Value)> ReduceByKeyAndWindow<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<TValue, TValue, TValue> reduce,
        Func<TValue, TValue, TValue>? inverse,
        TimeSpan windowDuration,
        TimeSpan? slideDuration,
        Partitioner<TKey> partitioner,
        Func<TKey, TValue, bool>? filter = null) =>
        ReduceByKeyAndWindow(stream, reduce, inverse, windowDuration, slideDuration, KeyPlacement<TKey>.By(partitioner), filter);

    private static DStream<(TKey Key, IReadOnlyList<TValue> Value)> GroupByKeyAndWindow<TKey, TValue>(
        DStream<(TKey Key, TValue Value)> stream, TimeSpan windowDuration, TimeSpan? slideDuration, KeyPlacement<TKey> placement)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var (window, slide) = stream.Batches(windowDuration, slideDuration);
        return stream.Apply<(TKey Key, IReadOnlyList<TValue> Value)>(
            "groupByKeyAndWindow",
            () => new GroupByKeyAndWindowOperator<TKey, TValue>(window, slide),
            placement.From(stream),
            isStateful: true,
            placement.PartitionedBy,
            placement.Parallelism,
            (window, slide));
    }

    private static DStream<(TKey Key, TValue Value)> ReduceByKeyAndWindow<TKey, TValue>(
        DStream<(TKey Key, TValue Value)> stream,
        Func<TValue, TValue, TValue> reduce,
        Func<TValue, TValue, TValue>? inverse,
        TimeSpan windowDuration,
        TimeSpan? slideDuration,
        KeyPlacement<TKey> placement,
        Func<TKey, TValue, bool>? filter)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(reduce);
        var (window, slide) = stream.Batches(windowDuration, slideDuration);
        return Combine(stream, reduce).Apply<(TKey Key, TValue Value)>(
            "reduceByKeyAndWindow",
            () => new ReduceByKeyAndWindowOperator<TKey, TValue>(reduce, inverse, window, slide, filter),
            placement.From(stream),
            isStateful: true,
            placement.PartitionedBy,
            placement.Parallelism,
            (window, slide));
    }
}
