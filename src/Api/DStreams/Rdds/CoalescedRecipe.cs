namespace Millrace.DStreams.Rdds;

/// <summary>Neighbouring partitions of the parent put together.</summary>
internal sealed class CoalescedRecipe<T>(Rdd<T> parent, int partitions) : Recipe<T>
{
    public override string Kind => "CoalescedRdd";

    public override int Partitions => partitions;

    public override IReadOnlyList<Dependency> Dependencies { get; } = [new NarrowDependency(parent)];

    public override IEnumerable<T> Compute(int partition)
    {
        var first = Slices.Start(partition, parent.NumPartitions, partitions);
        var end = Slices.Start(partition + 1, parent.NumPartitions, partitions);
        return Enumerable.Range(first, end - first).SelectMany(parent.Compute);
    }
}
