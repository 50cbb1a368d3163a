using Millrace.DStreams.Rdds;
using Millrace.Graphs;

namespace Millrace.DStreams;

/// <summary>Where an operation by key has its keys, so that each has one partition.</summary>
internal sealed class KeyPlacement<TKey>
{
    private readonly Partitioner<TKey>? _partitioner;
    private readonly bool _stays;

    private KeyPlacement(object owner, int? parallelism, bool stays)
    {
        (PartitionedBy, Parallelism, _stays) = (owner, parallelism, stays);
        _partitioner = owner as Partitioner<TKey>;
    }

    /// <summary>What puts the keys in their places; see <see cref="DStream{T}.PartitionedBy"/>.</summary>
    public object PartitionedBy { get; }

    /// <summary>Partitions of the operation; null: as many as the job, or as the stream that is there already.</summary>
    public int? Parallelism { get; }

    /// <summary>By the stable hash of the key.</summary>
    public static KeyPlacement<TKey> ByHash(int? numPartitions) =>
        new(HashPlacement.Instance, numPartitions is { } given ? Check.Partitions(given) : null, stays: false);

    /// <summary>Where the partitioner puts them.</summary>
    public static KeyPlacement<TKey> By(Partitioner<TKey> partitioner)
    {
        ArgumentNullException.ThrowIfNull(partitioner);
        partitioner.Prepare();
        return new(partitioner, partitioner.NumPartitions, stays: false);
    }

    /// <summary>Where they are, if the stream is partitioned by key and no other number of partitions is wanted; else by hash.</summary>
    public static KeyPlacement<TKey> Of<TValue>(DStream<(TKey Key, TValue Value)> stream, int? numPartitions)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return numPartitions is null && stream.PartitionedBy is { } owner ? new(owner, null, stays: true) : ByHash(numPartitions);
    }

    /// <summary>The way of a stream's pairs to their places.</summary>
    public Exchange<(TKey Key, TValue Value)> From<TValue>(DStream<(TKey Key, TValue Value)> stream) =>
        _stays || (_partitioner is not null && _partitioner.Equals(stream.PartitionedBy)) ? Exchange<(TKey Key, TValue Value)>.Forward : FromAnywhere<TValue>();

    /// <summary>The way of pairs that may be anywhere.</summary>
    public Exchange<(TKey Key, TValue Value)> FromAnywhere<TValue>() => _partitioner is null
        ? Exchange<(TKey Key, TValue Value)>.Hash(new KeyPartitioner<TKey, TValue>())
        : Exchange<(TKey Key, TValue Value)>.Custom(new PartitionerSelector<TKey, TValue>(_partitioner));
}
