using Millrace.Client;
using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Computes partitions of datasets. The map side of a shuffle is a run over the parent's partitions too.</summary>
internal abstract class DatasetRunner
{
    /// <summary>Where checkpoints of datasets go that name no directory, or null.</summary>
    public virtual string? CheckpointDirectory => null;

    /// <summary>How often a task is tried, 1 or more.</summary>
    public virtual int MaxFailures => 1;

    /// <summary>Who computes what stands on such parents: the job of any of them, or else who computes the first.</summary>
    public static DatasetRunner Of(IReadOnlyList<Dependency> dependencies)
    {
        foreach (var dependency in dependencies)
        {
            if (dependency.Parent.Runner is JobRunner job)
                return job;
        }

        return dependencies.Count > 0 ? dependencies[0].Parent.Runner : LocalRunner.Default;
    }

    /// <summary>Computes the given partitions and gives the rows of each to <paramref name="task"/>, several at once.</summary>
    /// <returns>What the tasks returned, in the order of <paramref name="partitions"/>.</returns>
    /// <remarks>
    /// When tasks throw, that of the first partition in order is thrown once all that were begun have ended. Called from any thread; one that is
    /// in a task computes the partitions itself, since it may hold what others wait for (<see cref="DatasetTask.Current"/>).
    /// </remarks>
    /// <exception cref="OperationCanceledException">It was cancelled: no further partition is begun, and those that were are not waited for.</exception>
    public TResult[] Run<T, TResult>(Rdd<T> dataset, IReadOnlyList<int> partitions, Func<int, IEnumerable<T>, TResult> task, CancellationToken cancellationToken = default)
    {
        var results = new TResult[partitions.Count];
        void Compute(int index) => results[index] = task(partitions[index], dataset.Compute(partitions[index]));
        if (DatasetTask.Current is not null)
        {
            for (var index = 0; index < results.Length; index++)
                Compute(index);
        }
        else if (results.Length > 0)
        {
            Lineage.Prepare(dataset, this);
            ComputeAll(dataset, partitions, Compute, cancellationToken);
        }

        return results;
    }

    /// <summary>Computes each of the partitions once, several at once, and waits for it.</summary>
    /// <param name="dataset">Names the tasks, with the partition.</param>
    /// <param name="partitions">The partitions, one or more.</param>
    /// <param name="compute">Computes a partition, given its place in <paramref name="partitions"/>.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    public abstract void ComputeAll(Dataset dataset, IReadOnlyList<int> partitions, Action<int> compute, CancellationToken cancellationToken = default);

    /// <summary>Computes all partitions at the same time, each on a thread of its own, once.</summary>
    /// <param name="dataset">Names the tasks.</param>
    /// <param name="operation">For whom.</param>
    /// <param name="compute">Computes a partition, given its number.</param>
    /// <exception cref="GraphException">There are not as many executors.</exception>
    public abstract void ComputeTogether(Dataset dataset, string operation, Action<int> compute);

    /// <summary>Waits for a run, which a cancellation ends.</summary>
    protected static void Wait(DatasetRun run, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static run => ((DatasetRun)run!).Cancel(), run);
        try
        {
            run.Wait();
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }
}
