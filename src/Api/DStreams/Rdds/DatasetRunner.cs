using Millrace.Client;

namespace Millrace.DStreams.Rdds;

/// <summary>Computes partitions of datasets. The map side of a shuffle is a run over the parent's partitions too.</summary>
internal abstract class DatasetRunner
{
    /// <summary>Where checkpoints of datasets go that name no directory, or null.</summary>
    public virtual string? CheckpointDirectory => null;

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
    public TResult[] Run<T, TResult>(Rdd<T> dataset, IReadOnlyList<int> partitions, Func<int, IEnumerable<T>, TResult> task)
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
            ComputeAll(dataset, partitions, Compute);
        }

        return results;
    }

    /// <summary>Computes each of the partitions once, several at once, and waits for it.</summary>
    /// <param name="dataset">Names the tasks, with the partition.</param>
    /// <param name="partitions">The partitions, one or more.</param>
    /// <param name="compute">Computes a partition, given its place in <paramref name="partitions"/>.</param>
    public abstract void ComputeAll(Dataset dataset, IReadOnlyList<int> partitions, Action<int> compute);
}
