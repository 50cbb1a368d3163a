namespace Millrace.DStreams.Rdds;

/// <summary>A function over partitions of the same number of two parents.</summary>
internal sealed class ZippedRecipe<TLeft, TRight, T>(
    Rdd<TLeft> left, Rdd<TRight> right, string operation, Func<IEnumerable<TLeft>, IEnumerable<TRight>, IEnumerable<T>> zip) : Recipe<T>
{
    public override string Kind => "ZippedPartitionsRdd";

    public override int Partitions => left.NumPartitions;

    public override IReadOnlyList<Dependency> Dependencies { get; } = [new NarrowDependency(left), new NarrowDependency(right)];

    public override IEnumerable<T> Compute(int partition) =>
        new GuardedRows<T>(operation, partition, () => zip(left.Compute(partition), right.Compute(partition)));
}
