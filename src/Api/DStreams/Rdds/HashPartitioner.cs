using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Partitions by the stable hash of the key; a null key is a key. Equal to every other one of as many partitions.</summary>
public sealed class HashPartitioner<TKey> : Partitioner<TKey>
{
    private readonly KeyType<TKey> _keys = KeyType.Of<TKey>();

    /// <param name="numPartitions">Number of partitions, 1 or more.</param>
    /// <exception cref="GraphException">The type can't be a key, or there are fewer partitions than 1.</exception>
    public HashPartitioner(int numPartitions)
        : base(numPartitions)
    {
    }

    /// <inheritdoc/>
    public override int GetPartition(TKey key) => _keys.KeyGroupOf(key, NumPartitions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is HashPartitioner<TKey> other && other.NumPartitions == NumPartitions;

    /// <inheritdoc/>
    public override int GetHashCode() => NumPartitions;
}
