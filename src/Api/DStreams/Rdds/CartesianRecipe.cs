namespace Millrace.DStreams.Rdds;

/// <summary>Every row of one parent with every row of the other: a partition for each pair of partitions.</summary>
internal sealed class CartesianRecipe<TLeft, TRight>(Rdd<TLeft> left, Rdd<TRight> right) : Recipe<(TLeft, TRight)>
{
    public override string Kind => "CartesianRdd";

    public override int Partitions { get; } = checked(left.NumPartitions * right.NumPartitions);

    public override IReadOnlyList<Dependency> Dependencies { get; } = [new NarrowDependency(left), new NarrowDependency(right)];

    public override IEnumerable<(TLeft, TRight)> Compute(int partition)
    {
        // Why an array: the right side is computed once, not once for each row of the left one.
        var rights = RowBlocks.ToArray(right.Compute(partition % right.NumPartitions));
        foreach (var row in left.Compute(partition / right.NumPartitions))
        {
            foreach (var other in rights)
                yield return (row, other);
        }
    }
}
