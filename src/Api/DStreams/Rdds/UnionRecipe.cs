namespace Millrace.DStreams.Rdds;

/// <summary>The partitions of the parents, one parent after the other.</summary>
internal sealed class UnionRecipe<T>(Rdd<T>[] parents) : Recipe<T>
{
    private readonly (Rdd<T> Parent, int Partition)[] _partitions =
        [.. parents.SelectMany(parent => Enumerable.Range(0, parent.NumPartitions).Select(partition => (parent, partition)))];

    public override string Kind => "UnionRdd";

    public override int Partitions => _partitions.Length;

    public override IReadOnlyList<Dependency> Dependencies { get; } = [.. parents.Select(parent => new NarrowDependency(parent))];

    public override IEnumerable<T> Compute(int partition)
    {
        var (parent, inner) = _partitions[partition];
        return parent.Compute(inner);
    }
}
