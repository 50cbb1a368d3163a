namespace Millrace.DStreams.Rdds;

/// <summary>Walks over a dataset and what it stands on.</summary>
internal static class Lineage
{
    /// <summary>Has a runner do what must be done over all partitions before one can be computed: the map sides of shuffles, what stands behind first, and counts.</summary>
    /// <remarks>What is wholly in memory is not looked behind. What is lost after this is computed by the task that misses it.</remarks>
    public static void Prepare(Dataset dataset, DatasetRunner runner)
    {
        Check.Depth(dataset);
        foreach (var reached in Walk(dataset, static dataset => dataset.HeldPartitions < dataset.NumPartitions, static dependency => dependency is NarrowDependency))
        {
            foreach (var dependency in reached.Dependencies)
                (dependency as ShuffleDependency)?.Prepare(runner);
            reached.Prepare(runner);
        }
    }

    /// <summary>Carries out the checkpoints that were asked for, the youngest first: those behind it are cut off.</summary>
    public static void FinishCheckpoints(Dataset dataset)
    {
        foreach (var reached in Walk(dataset, static dataset => !dataset.IsCheckpointed, static _ => true))
            reached.FinishCheckpoint();
    }

    private static IEnumerable<Dataset> Walk(Dataset first, Func<Dataset, bool> isWanted, Func<Dependency, bool> isFollowed)
    {
        var seen = new HashSet<Dataset>();
        var next = new Stack<Dataset>([first]);
        while (next.TryPop(out var dataset))
        {
            if (!seen.Add(dataset) || !isWanted(dataset))
                continue;
            yield return dataset;
            foreach (var dependency in dataset.Dependencies.Where(isFollowed))
                next.Push(dependency.Parent);
        }
    }
}
