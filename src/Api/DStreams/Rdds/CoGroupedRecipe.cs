namespace Millrace.DStreams.Rdds;

/// <summary>For each key the values that it has on two sides; one side's may be none.</summary>
internal sealed class CoGroupedRecipe<TKey, TLeft, TRight>(
    KeyedInput<TKey, TLeft> left, KeyedInput<TKey, TRight> right, int partitions, string operation)
    : Recipe<(TKey Key, (IReadOnlyList<TLeft> Left, IReadOnlyList<TRight> Right) Values)>
{
    public override string Kind => "CoGroupedRdd";

    public override int Partitions => partitions;

    public override IReadOnlyList<Dependency> Dependencies { get; } = [left.Dependency, right.Dependency];

    public override IEnumerable<(TKey Key, (IReadOnlyList<TLeft> Left, IReadOnlyList<TRight> Right) Values)> Compute(int partition) =>
        new GuardedRows<(TKey, (IReadOnlyList<TLeft>, IReadOnlyList<TRight>))>(operation, partition, () => Group(partition));

    private IEnumerable<(TKey, (IReadOnlyList<TLeft>, IReadOnlyList<TRight>))> Group(int partition)
    {
        var table = new KeyTable<TKey, (List<TLeft>? Left, List<TRight>? Right)>();
        foreach (var (key, value) in left.Rows(partition))
            (table.Find(key, out _).Left ??= []).Add(value);
        foreach (var (key, value) in right.Rows(partition))
            (table.Find(key, out _).Right ??= []).Add(value);
        foreach (var (key, values) in table.Entries)
            yield return (key, (values.Left ?? (IReadOnlyList<TLeft>)[], values.Right ?? (IReadOnlyList<TRight>)[]));
    }
}
