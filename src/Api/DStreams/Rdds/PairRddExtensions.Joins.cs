using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <content>Operations on several RDDs of pairs.</content>
public static partial class PairRddExtensions
{
    /// <summary>For each key of either side the values of both; a side without the key has none.</summary>
    public static Rdd<(TKey Key, (IReadOnlyList<TLeft> Left, IReadOnlyList<TRight> Right) Values)> CoGroup<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(other);
        return rdd.CoGroup(other, Partitioning.Of<TKey>(numPartitions, rdd, other));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, (IReadOnlyList<TLeft> Left, IReadOnlyList<TRight> Right) Values)> CoGroup<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, Partitioner<TKey> partitioner) =>
        rdd.CoGroupAs("cogroup", other, partitioner);

    /// <summary>For each key of any of the three the values of all.</summary>
    public static Rdd<(TKey Key, (IReadOnlyList<T1> First, IReadOnlyList<T2> Second, IReadOnlyList<T3> Third) Values)> CoGroup<TKey, T1, T2, T3>(
        this Rdd<(TKey Key, T1 Value)> rdd, Rdd<(TKey Key, T2 Value)> second, Rdd<(TKey Key, T3 Value)> third, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        return rdd.CoGroup(second, third, Partitioning.Of<TKey>(numPartitions, rdd, second, third));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, (IReadOnlyList<T1> First, IReadOnlyList<T2> Second, IReadOnlyList<T3> Third) Values)> CoGroup<TKey, T1, T2, T3>(
        this Rdd<(TKey Key, T1 Value)> rdd, Rdd<(TKey Key, T2 Value)> second, Rdd<(TKey Key, T3 Value)> third, Partitioner<TKey> partitioner)
    {
        ArgumentNullException.ThrowIfNull(third);
        return rdd.CoGroupAs("cogroup", second, partitioner)
            .CoGroupAs("cogroup", third, partitioner)
            .MapValues(values => (One(values.Left).Left, One(values.Left).Right, values.Right));
    }

    /// <summary>For each key of any of the four the values of all.</summary>
    public static Rdd<(TKey Key, (IReadOnlyList<T1> First, IReadOnlyList<T2> Second, IReadOnlyList<T3> Third, IReadOnlyList<T4> Fourth) Values)>
        CoGroup<TKey, T1, T2, T3, T4>(
            this Rdd<(TKey Key, T1 Value)> rdd,
            Rdd<(TKey Key, T2 Value)> second,
            Rdd<(TKey Key, T3 Value)> third,
            Rdd<(TKey Key, T4 Value)> fourth,
            int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(third);
        ArgumentNullException.ThrowIfNull(fourth);
        return rdd.CoGroup(second, third, fourth, Partitioning.Of<TKey>(numPartitions, rdd, second, third, fourth));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, (IReadOnlyList<T1> First, IReadOnlyList<T2> Second, IReadOnlyList<T3> Third, IReadOnlyList<T4> Fourth) Values)>
        CoGroup<TKey, T1, T2, T3, T4>(
            this Rdd<(TKey Key, T1 Value)> rdd,
            Rdd<(TKey Key, T2 Value)> second,
            Rdd<(TKey Key, T3 Value)> third,
            Rdd<(TKey Key, T4 Value)> fourth,
            Partitioner<TKey> partitioner)
    {
        ArgumentNullException.ThrowIfNull(third);
        ArgumentNullException.ThrowIfNull(fourth);
        return rdd.CoGroupAs("cogroup", second, partitioner)
            .CoGroupAs("cogroup", third.CoGroupAs("cogroup", fourth, partitioner), partitioner)
            .MapValues(values => (One(values.Left).Left, One(values.Left).Right, One(values.Right).Left, One(values.Right).Right));
    }

    /// <inheritdoc cref="CoGroup{TKey, TLeft, TRight}(Rdd{ValueTuple{TKey, TLeft}}, Rdd{ValueTuple{TKey, TRight}}, int?)"/>
    public static Rdd<(TKey Key, (IReadOnlyList<TLeft> Left, IReadOnlyList<TRight> Right) Values)> GroupWith<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other) => rdd.CoGroup(other);

    /// <inheritdoc cref="CoGroup{TKey, T1, T2, T3}(Rdd{ValueTuple{TKey, T1}}, Rdd{ValueTuple{TKey, T2}}, Rdd{ValueTuple{TKey, T3}}, int?)"/>
    public static Rdd<(TKey Key, (IReadOnlyList<T1> First, IReadOnlyList<T2> Second, IReadOnlyList<T3> Third) Values)> GroupWith<TKey, T1, T2, T3>(
        this Rdd<(TKey Key, T1 Value)> rdd, Rdd<(TKey Key, T2 Value)> second, Rdd<(TKey Key, T3 Value)> third) => rdd.CoGroup(second, third);

    /// <inheritdoc cref="CoGroup{TKey, T1, T2, T3, T4}(Rdd{ValueTuple{TKey, T1}}, Rdd{ValueTuple{TKey, T2}}, Rdd{ValueTuple{TKey, T3}}, Rdd{ValueTuple{TKey, T4}}, int?)"/>
    public static Rdd<(TKey Key, (IReadOnlyList<T1> First, IReadOnlyList<T2> Second, IReadOnlyList<T3> Third, IReadOnlyList<T4> Fourth) Values)>
        GroupWith<TKey, T1, T2, T3, T4>(
            this Rdd<(TKey Key, T1 Value)> rdd, Rdd<(TKey Key, T2 Value)> second, Rdd<(TKey Key, T3 Value)> third, Rdd<(TKey Key, T4 Value)> fourth) =>
        rdd.CoGroup(second, third, fourth);

    /// <summary>Every value of a key with every value that the other has for it; keys of both sides only.</summary>
    public static Rdd<(TKey Key, (TLeft Left, TRight Right) Value)> Join<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(other);
        return rdd.Join(other, Partitioning.Of<TKey>(numPartitions, rdd, other));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, (TLeft Left, TRight Right) Value)> Join<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, Partitioner<TKey> partitioner) =>
        rdd.CoGroupAs("join", other, partitioner).ExpandValues("join", static values => Pairs(values.Left, values.Right));

    /// <summary>As <c>Join</c>; a value whose key the other has not comes once, with none beside it.</summary>
    public static Rdd<(TKey Key, (TLeft Left, Option<TRight> Right) Value)> LeftOuterJoin<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(other);
        return rdd.LeftOuterJoin(other, Partitioning.Of<TKey>(numPartitions, rdd, other));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, (TLeft Left, Option<TRight> Right) Value)> LeftOuterJoin<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, Partitioner<TKey> partitioner) =>
        rdd.CoGroupAs("leftOuterJoin", other, partitioner)
            .ExpandValues("leftOuterJoin", static values => Pairs(values.Left, OrNone(values.Right)));

    /// <summary>As <c>Join</c>; a value of the other whose key this one has not comes once, with none before it.</summary>
    public static Rdd<(TKey Key, (Option<TLeft> Left, TRight Right) Value)> RightOuterJoin<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(other);
        return rdd.RightOuterJoin(other, Partitioning.Of<TKey>(numPartitions, rdd, other));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, (Option<TLeft> Left, TRight Right) Value)> RightOuterJoin<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, Partitioner<TKey> partitioner) =>
        rdd.CoGroupAs("rightOuterJoin", other, partitioner)
            .ExpandValues("rightOuterJoin", static values => Pairs(OrNone(values.Left), values.Right));

    /// <summary>As <c>Join</c>; a value of either side whose key the other has not comes once, with none beside it.</summary>
    public static Rdd<(TKey Key, (Option<TLeft> Left, Option<TRight> Right) Value)> FullOuterJoin<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(other);
        return rdd.FullOuterJoin(other, Partitioning.Of<TKey>(numPartitions, rdd, other));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, (Option<TLeft> Left, Option<TRight> Right) Value)> FullOuterJoin<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, Partitioner<TKey> partitioner) =>
        rdd.CoGroupAs("fullOuterJoin", other, partitioner)
            .ExpandValues("fullOuterJoin", static values => Pairs(OrNone(values.Left), OrNone(values.Right)));

    /// <summary>The pairs whose key the other has not.</summary>
    public static Rdd<(TKey Key, TLeft Value)> SubtractByKey<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, int? numPartitions = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(other);
        return rdd.SubtractByKey(other, Partitioning.Of<TKey>(numPartitions, rdd, other));
    }

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static Rdd<(TKey Key, TLeft Value)> SubtractByKey<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, Rdd<(TKey Key, TRight Value)> other, Partitioner<TKey> partitioner) =>
        rdd.CoGroupAs("subtractByKey", other, partitioner)
            .ExpandValues("subtractByKey", static values => values.Right.Count == 0 ? values.Left : []);

    internal static Rdd<(TKey Key, (IReadOnlyList<TLeft> Left, IReadOnlyList<TRight> Right) Values)> CoGroupAs<TKey, TLeft, TRight>(
        this Rdd<(TKey Key, TLeft Value)> rdd, string operation, Rdd<(TKey Key, TRight Value)> other, Partitioner<TKey> partitioner)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(partitioner);
        var recipe = new CoGroupedRecipe<TKey, TLeft, TRight>(
            new(rdd, partitioner, operation), new(other, partitioner, operation), partitioner.NumPartitions, operation);
        return new(recipe, operation, partitioner);
    }

    private static IEnumerable<(TLeft Left, TRight Right)> Pairs<TLeft, TRight>(IReadOnlyList<TLeft> left, IReadOnlyList<TRight> right)
    {
        foreach (var value in left)
        {
            foreach (var other in right)
                yield return (value, other);
        }
    }

    private static IReadOnlyList<Option<T>> OrNone<T>(IReadOnlyList<T> values) =>
        values.Count == 0 ? [Option<T>.None] : [.. values.Select(value => new Option<T>(value))];

    // A group of groups: one, or none where only the other sides have the key.
    private static (IReadOnlyList<TLeft> Left, IReadOnlyList<TRight> Right) One<TLeft, TRight>(
        IReadOnlyList<(IReadOnlyList<TLeft> Left, IReadOnlyList<TRight> Right)> groups) => groups.Count == 0 ? ([], []) : groups[0];
}
