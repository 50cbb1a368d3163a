namespace Millrace.DStreams.Rdds;

/// <summary>Computed partitions in memory, each as long as the executor that computed it lives.</summary>
internal sealed class PartitionStore<T>(int partitions)
{
    private readonly Kept<T[]>[] _partitions = [.. Enumerable.Range(0, partitions).Select(_ => new Kept<T[]>())];

    /// <summary>Number of partitions that are here.</summary>
    public int Count => _partitions.Count(partition => partition.Value is not null);

    public bool Has(int partition) => _partitions[partition].Value is not null;

    public T[] Get(int partition, Func<T[]> compute) => _partitions[partition].Get(compute);

    public void Drop(int partition) => _partitions[partition].Drop();

    public void Clear()
    {
        foreach (var partition in _partitions)
            partition.Drop();
    }
}
