namespace Millrace.DStreams.Rdds;

/// <summary>A function over each partition of the parent.</summary>
internal sealed class MapPartitionsRecipe<TIn, T>(Rdd<TIn> parent, string operation, Func<int, IEnumerable<TIn>, IEnumerable<T>> map) : Recipe<T>
{
    public override string Kind => "MapPartitionsRdd";

    public override int Partitions => parent.NumPartitions;

    public override IReadOnlyList<Dependency> Dependencies { get; } = [new NarrowDependency(parent)];

    public override IEnumerable<T> Compute(int partition) =>
        new GuardedRows<T>(operation, partition, () => map(partition, parent.Compute(partition)));
}
