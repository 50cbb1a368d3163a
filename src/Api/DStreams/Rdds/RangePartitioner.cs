using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Partitions by ranges of keys, about as many rows in each; the bounds come from a sample of the keys.</summary>
/// <remarks>
/// The sample is taken when the first key is asked for, which computes the keys once more. It is the same whenever it is taken.
/// Where there are fewer keys than partitions, some partitions stay empty. Equal to itself alone.
/// </remarks>
public sealed class RangePartitioner<TKey> : Partitioner<TKey>
{
    private const int SampledPerPartition = 60;

    private readonly bool _ascending;
    private volatile TKey[]? _bounds;
    private volatile Rdd<TKey>? _keys;

    /// <param name="numPartitions">Number of partitions, 1 or more.</param>
    /// <param name="keys">The keys to take a sample of.</param>
    /// <param name="ascending">Whether the lowest keys come first.</param>
    /// <param name="comparer">The order of the keys, or null for their own; texts by their code units.</param>
    /// <exception cref="GraphException">The keys have no order, or there are fewer partitions than 1.</exception>
    public RangePartitioner(int numPartitions, Rdd<TKey> keys, bool ascending = true, IComparer<TKey>? comparer = null)
        : base(numPartitions)
    {
        ArgumentNullException.ThrowIfNull(keys);
        (_keys, _ascending) = (keys, ascending);
        Comparer = Ordering<TKey>.OrDefault(comparer);
    }

    /// <summary>The order of the keys, lowest first.</summary>
    internal IComparer<TKey> Comparer { get; }

    /// <inheritdoc/>
    public override int GetPartition(TKey key)
    {
        var bounds = Bounds();
        var (low, high) = (0, bounds.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Comparer.Compare(key, bounds[middle]) > 0)
                low = middle + 1;
            else
                high = middle;
        }

        return _ascending ? low : NumPartitions - 1 - low;
    }

    /// <inheritdoc/>
    internal override void Prepare() => Bounds();

    // Why without a lock: whoever holds one here might wait for executors that wait for it. Two who come at once find the same bounds.
    private TKey[] Bounds()
    {
        var keys = _keys;
        if (_bounds is { } bounds)
            return bounds;
        _bounds = bounds = NumPartitions == 1 ? [] : Sample(keys!);
        _keys = null;
        return bounds;
    }

    private TKey[] Sample(Rdd<TKey> keys)
    {
        var size = Math.Max(1, (SampledPerPartition * NumPartitions + keys.NumPartitions - 1) / Math.Max(1, keys.NumPartitions));
        var samples = keys.Runner.Run(keys, [.. Enumerable.Range(0, keys.NumPartitions)], (partition, rows) => Reservoir<TKey>.Of(rows, size, partition));
        return Cut(samples);
    }

    // Each sampled key stands for as many rows as its partition has for one; a bound is where the next share of all rows is full.
    private TKey[] Cut(Reservoir<TKey>[] samples)
    {
        var bounds = new List<TKey>();
        var share = samples.Sum(sample => (double)sample.Seen) / NumPartitions;
        var passed = 0.0;
        foreach (var (key, weight) in samples.SelectMany(sample => sample.Rows.Select(key => (Key: key, sample.Weight))).OrderBy(entry => entry.Key, Comparer))
        {
            passed += weight;
            if (bounds.Count == NumPartitions - 1 || passed < share * (bounds.Count + 1))
                continue;
            if (bounds.Count == 0 || Comparer.Compare(key, bounds[^1]) > 0)
                bounds.Add(key);
        }

        return [.. bounds];
    }
}
