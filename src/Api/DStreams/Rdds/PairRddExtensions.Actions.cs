using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <content>Actions.</content>
public static partial class PairRddExtensions
{
    /// <summary>All pairs as a dictionary; the last value of a key stays.</summary>
    /// <exception cref="GraphException">A key is null.</exception>
    public static IReadOnlyDictionary<TKey, TValue> CollectAsMap<TKey, TValue>(this Rdd<(TKey Key, TValue Value)> rdd)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return KeyMap.Of(rdd.Collect());
    }

    /// <summary>How many pairs each key has.</summary>
    /// <exception cref="GraphException">A key is null.</exception>
    public static IReadOnlyDictionary<TKey, long> CountByKey<TKey, TValue>(this Rdd<(TKey Key, TValue Value)> rdd)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.CountBy("countByKey", static row => row.Key);
    }

    /// <summary>The values of a key. Computes one partition alone where the pairs are partitioned by key.</summary>
    public static TValue[] Lookup<TKey, TValue>(this Rdd<(TKey Key, TValue Value)> rdd, TKey key)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        var keys = KeyType.Of<TKey>();
        int[] partitions = rdd.Partitioner is Partitioner<TKey> partitioner
            ? [partitioner.GetPartition(key)]
            : [.. Enumerable.Range(0, rdd.NumPartitions)];
        var found = rdd.Run("lookup", partitions, (_, rows) => rows.Where(row => keys.AreEqual(row.Key, key)).Select(row => row.Value).ToArray());
        return [.. found.SelectMany(values => values)];
    }
}
