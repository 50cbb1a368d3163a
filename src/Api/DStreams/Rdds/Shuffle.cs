namespace Millrace.DStreams.Rdds;

/// <summary>Rows of a parent sorted into buckets, each finished into the rows of one partition. Computed once, kept while the dataset lives.</summary>
/// <typeparam name="TIn">Rows of the parent.</typeparam>
/// <typeparam name="TRow">What is sent: the rows, or what they were combined to before.</typeparam>
/// <typeparam name="TOut">What the rows of a bucket are finished into.</typeparam>
internal sealed class Shuffle<TIn, TRow, TOut>(
    Rdd<TIn> parent,
    string operation,
    Route<TRow> route,
    Func<IEnumerable<TIn>, IEnumerable<TRow>> combine,
    Func<IEnumerable<TRow>, IEnumerable<TOut>> finish) : ShuffleDependency(parent)
{
    private readonly Once<TRow[]?[][]> _buckets = new();
    private readonly Once<TOut[]>[] _targets = [.. Enumerable.Range(0, route.Targets).Select(_ => new Once<TOut[]>())];

    public int Targets => _targets.Length;

    /// <inheritdoc/>
    internal override void Prepare()
    {
        if (!Array.TrueForAll(_targets, static target => target.HasValue))
            _buckets.Get(Fill);
    }

    /// <summary>The rows of one partition.</summary>
    /// <remarks>
    /// Finished once and kept, the bucket behind them is freed: merging may alter what a bucket holds, so no bucket is merged twice.
    /// For the same reason all buckets are filled again after a failure.
    /// </remarks>
    public TOut[] Rows(int target) => _targets[target].Get(() =>
    {
        var buckets = _buckets.Get(Fill);
        try
        {
            var rows = finish(buckets.SelectMany(sent => sent[target]!)).ToArray();
            foreach (var sent in buckets)
                sent[target] = null;
            return rows;
        }
        catch
        {
            _buckets.Reset();
            throw;
        }
    });

    // One array of buckets for each partition of the parent.
    private TRow[]?[][] Fill()
    {
        UserCode.Call(operation, route.Prepare);
        return parent.Runner.Run(
            parent, [.. Enumerable.Range(0, parent.NumPartitions)], (partition, rows) => UserCode.Call(operation, partition, rows, Send));
    }

    private TRow[]?[] Send(int partition, IEnumerable<TIn> rows)
    {
        var buckets = new List<TRow>?[Targets];
        var targetOf = route.From(partition);
        foreach (var row in combine(rows))
        {
            var target = targetOf(row);
            if ((uint)target >= (uint)buckets.Length)
                throw new InvalidOperationException($"the partitioner gave partition {target}, 0 to {buckets.Length - 1} expected");
            (buckets[target] ??= []).Add(row);
        }

        return Array.ConvertAll(buckets, bucket => bucket?.ToArray() ?? []);
    }
}
