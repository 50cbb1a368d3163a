namespace Millrace.DStreams.Rdds;

/// <summary>Computes partitions on the caller's thread and, when there are several, on threads of the pool beside it.</summary>
internal sealed class LocalRunner(int parallelism) : IDatasetRunner
{
    /// <summary>As many partitions at once as there are processors.</summary>
    public static LocalRunner Default { get; } = new(Environment.ProcessorCount);

    /// <inheritdoc/>
    public TResult[] Run<T, TResult>(Rdd<T> dataset, IReadOnlyList<int> partitions, Func<int, IEnumerable<T>, TResult> task)
    {
        Lineage.PrepareShuffles(dataset);
        var results = new TResult[partitions.Count];
        var loop = new TaskLoop(results.Length, index => results[index] = task(partitions[index], dataset.Compute(partitions[index])));
        loop.Run(parallelism);
        return results;
    }
}
