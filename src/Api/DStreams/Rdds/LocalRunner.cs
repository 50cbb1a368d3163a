using Millrace.Client;

namespace Millrace.DStreams.Rdds;

/// <summary>For datasets of no running job, where none asks for them: computes on the caller's thread and, several partitions at once, on threads of the pool beside it.</summary>
/// <remarks>The caller does all of it where the pool has no thread to spare. Nothing is tried again.</remarks>
internal sealed class LocalRunner(int parallelism) : DatasetRunner
{
    /// <summary>As many partitions at once as there are processors.</summary>
    public static LocalRunner Default { get; } = new(Environment.ProcessorCount);

    /// <inheritdoc/>
    public override void ComputeAll(Dataset dataset, IReadOnlyList<int> partitions, Action<int> compute, CancellationToken cancellationToken = default)
    {
        var run = new DatasetRun(dataset.ToString(), partitions, maxFailures: 1, compute);
        for (var helper = 1; helper < Math.Min(parallelism, partitions.Count); helper++)
            ThreadPool.UnsafeQueueUserWorkItem(Work, run, preferLocal: false);
        using (cancellationToken.UnsafeRegister(static run => ((DatasetRun)run!).Cancel(), run))
            Work(run);
        Wait(run, cancellationToken);
    }

    /// <inheritdoc/>
    public override void ComputeTogether(Dataset dataset, string operation, Action<int> compute)
    {
        var run = new DatasetRun(dataset.ToString(), [.. Enumerable.Range(0, dataset.NumPartitions)], maxFailures: 1, compute);
        for (var thread = 1; thread < dataset.NumPartitions; thread++)
            _ = Task.Factory.StartNew(() => Work(run), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Work(run);
        run.Wait();
    }

    private static void Work(DatasetRun run)
    {
        while (run.TryTake(out var task))
            run.Execute(task, executor: null);
    }
}
