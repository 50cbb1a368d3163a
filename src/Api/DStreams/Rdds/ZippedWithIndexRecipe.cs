namespace Millrace.DStreams.Rdds;

/// <summary>The rows of the parent with their positions over all partitions.</summary>
internal sealed class ZippedWithIndexRecipe<T>(Rdd<T> parent) : Recipe<(T Row, long Index)>
{
    private volatile long[]? _starts;

    public override string Kind => "ZippedWithIndexRdd";

    public override int Partitions => parent.NumPartitions;

    public override IReadOnlyList<Dependency> Dependencies { get; } = [new NarrowDependency(parent)];

    public override void Prepare(DatasetRunner runner) => StartsBy(runner);

    public override IEnumerable<(T Row, long Index)> Compute(int partition)
    {
        var start = partition == 0 ? 0 : StartsBy(parent.Runner)[partition];
        return parent.Compute(partition).Select((row, index) => (row, start + index));
    }

    // Where each partition starts; the same whoever counts. The last one's rows need no counting.
    private long[] StartsBy(DatasetRunner runner) => _starts ??=
        Slices.Starts(runner.Run(parent, [.. Enumerable.Range(0, Math.Max(0, parent.NumPartitions - 1))], static (_, rows) => RowBlocks.Count(rows)));
}
