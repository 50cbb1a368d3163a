namespace Millrace.DStreams.Rdds;

/// <summary>Rows of a parent sorted into buckets, each finished into the rows of one partition. Computed once, kept while the dataset and the executors live.</summary>
/// <remarks>
/// A bucket is freed when it is finished into rows, and not read twice: merging may alter what a bucket holds. So rows that are lost, or whose
/// finishing failed, need the map side again, for all partitions of the parent, of which then only the missing buckets are kept. Before that,
/// only those partitions of the parent are mapped again whose buckets were lost.
/// </remarks>
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
    // Of each partition of the parent a bucket for each target; null where it is freed, or was not wanted.
    private readonly Kept<TRow[]?[]>[] _sent = [.. Enumerable.Range(0, parent.NumPartitions).Select(_ => new Kept<TRow[]?[]>())];
    private readonly PartitionStore<TOut> _targets = new(route.Targets);

    public int Targets => route.Targets;

    /// <inheritdoc/>
    internal override void Prepare(DatasetRunner runner)
    {
        int[] wanted = [.. Enumerable.Range(0, Targets).Where(target => !_targets.Has(target))];
        if (wanted.Length == 0)
            return;
        int[] missing = [.. Enumerable.Range(0, _sent.Length).Where(partition => _sent[partition].Value is not { } sent || Array.Exists(wanted, target => sent[target] is null))];
        if (missing.Length == 0)
            return;
        UserCode.Call(operation, route.Prepare);
        runner.Run(parent, missing, (partition, rows) =>
            _sent[partition].Get(sent => Array.TrueForAll(wanted, target => sent[target] is not null || _targets.Has(target)), () => Send(partition, rows)));
    }

    /// <summary>The rows of one partition.</summary>
    public TOut[] Rows(int target)
    {
        var isFinished = false;
        var rows = _targets.Get(target, () =>
        {
            var buckets = Gather(target);
            try
            {
                var finished = finish(buckets.SelectMany(bucket => bucket)).ToArray();
                isFinished = true;
                return finished;
            }
            catch
            {
                Free(target);
                throw;
            }
        });

        // Why not before: until the rows are there, whoever prepares would miss the buckets.
        if (isFinished)
            Free(target);
        return rows;
    }

    // Why not all from the first on: tasks that miss the same partitions begin with different ones.
    private TRow[][] Gather(int target)
    {
        var buckets = new TRow[_sent.Length][];
        for (var step = 0; step < buckets.Length; step++)
        {
            var partition = (target + step) % buckets.Length;
            buckets[partition] = _sent[partition].Get(sent => sent[target] is not null, () => Send(partition, parent.Compute(partition)))[target]!;
        }

        return buckets;
    }

    private void Free(int target)
    {
        foreach (var sent in _sent)
        {
            if (sent.Value is { } buckets)
                buckets[target] = null;
        }
    }

    private TRow[]?[] Send(int partition, IEnumerable<TIn> rows) => UserCode.Call(operation, partition, rows, SortIntoBuckets);

    private TRow[]?[] SortIntoBuckets(int partition, IEnumerable<TIn> rows)
    {
        var isWanted = new bool[Targets];
        for (var target = 0; target < isWanted.Length; target++)
            isWanted[target] = !_targets.Has(target);
        var buckets = new List<TRow>?[Targets];
        var targetOf = route.From(partition);
        foreach (var row in combine(rows))
        {
            var target = targetOf(row);
            if ((uint)target >= (uint)buckets.Length)
                throw new InvalidOperationException($"the partitioner gave partition {target}, 0 to {buckets.Length - 1} expected");
            if (isWanted[target])
                (buckets[target] ??= []).Add(row);
        }

        var sent = new TRow[]?[buckets.Length];
        for (var target = 0; target < sent.Length; target++)
            sent[target] = buckets[target]?.ToArray() ?? (isWanted[target] ? [] : null);
        return sent;
    }
}
