namespace Millrace.DStreams.Rdds;

/// <summary>Computed partitions in memory.</summary>
internal sealed class PartitionStore<T>(int partitions)
{
    private readonly Once<T[]>[] _partitions = [.. Enumerable.Range(0, partitions).Select(_ => new Once<T[]>())];

    /// <summary>Number of partitions that are here.</summary>
    public int Count => _partitions.Count(partition => partition.HasValue);

    public T[] Get(int partition, Func<T[]> compute) => _partitions[partition].Get(compute);

    public void Drop(int partition) => _partitions[partition].Reset();

    public void Clear()
    {
        foreach (var partition in _partitions)
            partition.Reset();
    }
}
