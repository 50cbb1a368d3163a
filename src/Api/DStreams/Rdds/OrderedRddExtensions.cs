using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Operations on RDDs of pairs whose keys have an order.</summary>
public static class OrderedRddExtensions
{
    /// <summary>The pairs ordered by key, over all partitions; pairs of equal keys stay in their order.</summary>
    /// <remarks>The bounds of the partitions come from a sample, for which the keys are computed once more; see <see cref="RangePartitioner{TKey}"/>.</remarks>
    /// <exception cref="GraphException">The keys have no order, or there are fewer partitions than 1.</exception>
    public static Rdd<(TKey Key, TValue Value)> SortByKey<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, bool ascending = true, int? numPartitions = null, IComparer<TKey>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        var order = Ordering<TKey>.OrDefault(comparer);
        var partitioner = new RangePartitioner<TKey>(numPartitions ?? Math.Max(1, rdd.NumPartitions), rdd.Keys(), ascending, order);
        return rdd.SortIn("sortByKey", partitioner, ascending ? order : Ordering<TKey>.Reverse(order));
    }

    /// <summary>The pairs where the partitioner puts them, ordered by key within each partition; pairs of equal keys stay in their order.</summary>
    /// <exception cref="GraphException">The keys have no order.</exception>
    public static Rdd<(TKey Key, TValue Value)> RepartitionAndSortWithinPartitions<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, Partitioner<TKey> partitioner, IComparer<TKey>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(partitioner);
        return rdd.SortIn("repartitionAndSortWithinPartitions", partitioner, Ordering<TKey>.OrDefault(comparer));
    }

    /// <summary>The pairs whose keys are not below <paramref name="lower"/> and not above <paramref name="upper"/>.</summary>
    /// <remarks>Of pairs that <see cref="SortByKey"/> ordered, only the partitions that can hold such keys are computed.</remarks>
    /// <exception cref="GraphException">The keys have no order.</exception>
    public static Rdd<(TKey Key, TValue Value)> FilterByRange<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, TKey lower, TKey upper, IComparer<TKey>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        var ranges = comparer is null ? rdd.Partitioner as RangePartitioner<TKey> : null;
        var order = ranges?.Comparer ?? Ordering<TKey>.OrDefault(comparer);
        return rdd.Derive(
            "filterByRange",
            (partition, rows) => ranges is null || MayHold(ranges, partition, lower, upper)
                ? rows.Where(row => order.Compare(row.Key, lower) >= 0 && order.Compare(row.Key, upper) <= 0)
                : [],
            keepsPartitioner: true);
    }

    private static bool MayHold<TKey>(RangePartitioner<TKey> ranges, int partition, TKey lower, TKey upper)
    {
        var (one, other) = (ranges.GetPartition(lower), ranges.GetPartition(upper));
        return partition >= Math.Min(one, other) && partition <= Math.Max(one, other);
    }

    private static Rdd<(TKey Key, TValue Value)> SortIn<TKey, TValue>(
        this Rdd<(TKey Key, TValue Value)> rdd, string operation, Partitioner<TKey> partitioner, IComparer<TKey> order) =>
        rdd.ShufflePairs(operation, partitioner, rows => rows.OrderBy(row => row.Key, order));
}
