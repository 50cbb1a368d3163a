namespace Millrace.DStreams.Rdds;

/// <summary>Each pair goes to the partition of its key.</summary>
internal sealed class KeyRoute<TKey, TValue>(Partitioner<TKey> partitioner) : Route<(TKey Key, TValue Value)>
{
    public override int Targets => partitioner.NumPartitions;

    public override void Prepare() => partitioner.Prepare();

    public override Func<(TKey Key, TValue Value), int> From(int partition) => row => partitioner.GetPartition(row.Key);
}
