namespace Millrace.DStreams.Rdds;

/// <summary>The partitions behind a shuffle.</summary>
internal sealed class ShuffledRecipe<TIn, TRow, T>(Shuffle<TIn, TRow, T> shuffle, string operation) : Recipe<T>
{
    public override string Kind => "ShuffledRdd";

    public override int Partitions => shuffle.Targets;

    public override IReadOnlyList<Dependency> Dependencies { get; } = [shuffle];

    public override IEnumerable<T> Compute(int partition) => new GuardedRows<T>(operation, partition, () => shuffle.Rows(partition));
}
