namespace Millrace.DStreams.Rdds;

/// <summary>Pairs in the partitions of a partitioner: read in place where they lie there already, shuffled otherwise.</summary>
internal sealed class KeyedInput<TKey, TValue>
{
    private readonly Rdd<(TKey Key, TValue Value)> _parent;
    private readonly Shuffle<(TKey Key, TValue Value), (TKey Key, TValue Value), (TKey Key, TValue Value)>? _shuffle;

    public KeyedInput(Rdd<(TKey Key, TValue Value)> parent, Partitioner<TKey> partitioner, string operation)
    {
        _parent = parent;
        if (!partitioner.Equals(parent.Partitioner))
            _shuffle = new(parent, operation, new KeyRoute<TKey, TValue>(partitioner), static rows => rows, static rows => rows);
        Dependency = _shuffle ?? (Dependency)new NarrowDependency(parent);
    }

    public Dependency Dependency { get; }

    public IEnumerable<(TKey Key, TValue Value)> Rows(int partition) => _shuffle?.Rows(partition) ?? _parent.Compute(partition);
}
