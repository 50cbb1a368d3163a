using Millrace.Data;
using Millrace.DStreams.Rdds;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Operators.Keyed;

namespace Millrace.DStreams;

/// <content>Joins of the batches of one time; widen them by windows. Both streams must have the same slide.</content>
public static partial class PairDStreamExtensions
{
    /// <summary>For each key of either stream its values of both.</summary>
    /// <param name="left">The one stream.</param>
    /// <param name="right">The other stream.</param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    public static DStream<(TKey Key, (IReadOnlyList<TLeft> Left, IReadOnlyList<TRight> Right) Value)> CoGroup<TKey, TLeft, TRight>(
        this DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, int? numPartitions = null) =>
        CoGroup(left, right, KeyPlacement<TKey>.ByHash(numPartitions));

    /// <summary>The same, where a partitioner puts the keys. A stream that an equal one has partitioned stays where it is.</summary>
    public static DStream<(TKey Key, (IReadOnlyList<TLeft> Left, IReadOnlyList<TRight> Right) Value)> CoGroup<TKey, TLeft, TRight>(
        this DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, Partitioner<TKey> partitioner) =>
        CoGroup(left, right, KeyPlacement<TKey>.By(partitioner));

    /// <summary>Each value of a key with each of the other stream's.</summary>
    /// <inheritdoc cref="CoGroup{TKey,TLeft,TRight}(DStream{ValueTuple{TKey,TLeft}},DStream{ValueTuple{TKey,TRight}},int?)" path="/param"/>
    public static DStream<(TKey Key, (TLeft Left, TRight Right) Value)> Join<TKey, TLeft, TRight>(
        this DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, int? numPartitions = null) =>
        Join(left, right, KeyPlacement<TKey>.ByHash(numPartitions));

    /// <summary>The same, where a partitioner puts the keys. A stream that an equal one has partitioned stays where it is.</summary>
    public static DStream<(TKey Key, (TLeft Left, TRight Right) Value)> Join<TKey, TLeft, TRight>(
        this DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, Partitioner<TKey> partitioner) =>
        Join(left, right, KeyPlacement<TKey>.By(partitioner));

    /// <summary>The same, and left values without a partner.</summary>
    /// <inheritdoc cref="CoGroup{TKey,TLeft,TRight}(DStream{ValueTuple{TKey,TLeft}},DStream{ValueTuple{TKey,TRight}},int?)" path="/param"/>
    public static DStream<(TKey Key, (TLeft Left, Option<TRight> Right) Value)> LeftOuterJoin<TKey, TLeft, TRight>(
        this DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, int? numPartitions = null) =>
        LeftOuterJoin(left, right, KeyPlacement<TKey>.ByHash(numPartitions));

    /// <summary>The same, where a partitioner puts the keys. A stream that an equal one has partitioned stays where it is.</summary>
    public static DStream<(TKey Key, (TLeft Left, Option<TRight> Right) Value)> LeftOuterJoin<TKey, TLeft, TRight>(
        this DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, Partitioner<TKey> partitioner) =>
        LeftOuterJoin(left, right, KeyPlacement<TKey>.By(partitioner));

    /// <summary>The same, and right values without a partner.</summary>
    /// <inheritdoc cref="CoGroup{TKey,TLeft,TRight}(DStream{ValueTuple{TKey,TLeft}},DStream{ValueTuple{TKey,TRight}},int?)" path="/param"/>
    public static DStream<(TKey Key, (Option<TLeft> Left, TRight Right) Value)> RightOuterJoin<TKey, TLeft, TRight>(
        this DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, int? numPartitions = null) =>
        RightOuterJoin(left, right, KeyPlacement<TKey>.ByHash(numPartitions));

    /// <summary>The same, where a partitioner puts the keys. A stream that an equal one has partitioned stays where it is.</summary>
    public static DStream<(TKey Key, (Option<TLeft> Left, TRight Right) Value)> RightOuterJoin<TKey, TLeft, TRight>(
        this DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, Partitioner<TKey> partitioner) =>
        RightOuterJoin(left, right, KeyPlacement<TKey>.By(partitioner));

    /// <summary>The same, and values of either stream without a partner.</summary>
    /// <inheritdoc cref="CoGroup{TKey,TLeft,TRight}(DStream{ValueTuple{TKey,TLeft}},DStream{ValueTuple{TKey,TRight}},int?)" path="/param"/>
    public static DStream<(TKey Key, (Option<TLeft> Left, Option<TRight> Right) Value)> FullOuterJoin<TKey, TLeft, TRight>(
        this DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, int? numPartitions = null) =>
        FullOuterJoin(left, right, KeyPlacement<TKey>.ByHash(numPartitions));

    /// <summary>The same, where a partitioner puts the keys. A stream that an equal one has partitioned stays where it is.</summary>
    public static DStream<(TKey Key, (Option<TLeft> Left, Option<TRight> Right) Value)> FullOuterJoin<TKey, TLeft, TRight>(
        this DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, Partitioner<TKey> partitioner) =>
        FullOuterJoin(left, right, KeyPlacement<TKey>.By(partitioner));

    private static DStream<(TKey Key, (IReadOnlyList<TLeft> Left, IReadOnlyList<TRight> Right) Value)> CoGroup<TKey, TLeft, TRight>(
        DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, KeyPlacement<TKey> placement) =>
        Together<TKey, TLeft, TRight, (IReadOnlyList<TLeft>, IReadOnlyList<TRight>)>(
            "cogroup", left, right, placement, static (key, lefts, rights, output) => output.Add((key, (lefts, rights))));

    private static DStream<(TKey Key, (TLeft Left, TRight Right) Value)> Join<TKey, TLeft, TRight>(
        DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, KeyPlacement<TKey> placement) =>
        Together<TKey, TLeft, TRight, (TLeft, TRight)>("join", left, right, placement, static (key, lefts, rights, output) =>
        {
            foreach (var one in lefts)
            {
                foreach (var other in rights)
                    output.Add((key, (one, other)));
            }
        });

    private static DStream<(TKey Key, (TLeft Left, Option<TRight> Right) Value)> LeftOuterJoin<TKey, TLeft, TRight>(
        DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, KeyPlacement<TKey> placement) =>
        Together<TKey, TLeft, TRight, (TLeft, Option<TRight>)>("leftOuterJoin", left, right, placement, static (key, lefts, rights, output) =>
        {
            foreach (var one in lefts)
            {
                foreach (var other in rights)
                    output.Add((key, (one, new(other))));
                if (rights.Count == 0)
                    output.Add((key, (one, Option<TRight>.None)));
            }
        });

    private static DStream<(TKey Key, (Option<TLeft> Left, TRight Right) Value)> RightOuterJoin<TKey, TLeft, TRight>(
        DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, KeyPlacement<TKey> placement) =>
        Together<TKey, TLeft, TRight, (Option<TLeft>, TRight)>("rightOuterJoin", left, right, placement, static (key, lefts, rights, output) =>
        {
            foreach (var other in rights)
            {
                foreach (var one in lefts)
                    output.Add((key, (new(one), other)));
                if (lefts.Count == 0)
                    output.Add((key, (Option<TLeft>.None, other)));
            }
        });

    private static DStream<(TKey Key, (Option<TLeft> Left, Option<TRight> Right) Value)> FullOuterJoin<TKey, TLeft, TRight>(
        DStream<(TKey Key, TLeft Value)> left, DStream<(TKey Key, TRight Value)> right, KeyPlacement<TKey> placement) =>
        Together<TKey, TLeft, TRight, (Option<TLeft>, Option<TRight>)>("fullOuterJoin", left, right, placement, static (key, lefts, rights, output) =>
        {
            foreach (var one in lefts)
            {
                foreach (var other in rights)
                    output.Add((key, (new(one), new(other))));
                if (rights.Count == 0)
                    output.Add((key, (new(one), Option<TRight>.None)));
            }

            if (lefts.Count > 0)
                return;
            foreach (var other in rights)
                output.Add((key, (Option<TLeft>.None, new(other))));
        });

    private static DStream<(TKey Key, TResult Value)> Together<TKey, TLeft, TRight, TResult>(
        string kind,
        DStream<(TKey Key, TLeft Value)> left,
        DStream<(TKey Key, TRight Value)> right,
        KeyPlacement<TKey> placement,
        Action<TKey, IReadOnlyList<TLeft>, IReadOnlyList<TRight>, Output<(TKey Key, TResult Value)>> combine)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        left.CheckTogether(right, kind);
        var graph = left.Context.Building();
        var node = graph.AddOperator(
            kind, () => new CoGroupOperator<TKey, TLeft, TRight, (TKey Key, TResult Value)>(combine), new NodeOptions { Parallelism = placement.Parallelism });

        // Why by hash also where a side is partitioned by hash: the other's partitions may be other ones.
        graph.Connect(left.Port, node, placement.From(left));
        graph.Connect(right.Port, node, placement.From(right));
        return new(left.Context, new OutputPort<(TKey Key, TResult Value)>(node), placement.PartitionedBy, left.SlideBatches);
    }
}
