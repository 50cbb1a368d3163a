namespace Millrace.DStreams.Rdds;

/// <summary>How the partitions of a dataset come about: immutable, and the same rows in the same order whenever it is followed.</summary>
internal abstract class Recipe<T>
{
    /// <summary>The kind of dataset, as the lineage names it.</summary>
    public abstract string Kind { get; }

    /// <summary>Number of partitions.</summary>
    public abstract int Partitions { get; }

    /// <summary>What it reads.</summary>
    public abstract IReadOnlyList<Dependency> Dependencies { get; }

    /// <summary>Does over all partitions of the parents what must be done before one of its own can be computed. Called before a run, by threads that are in no task.</summary>
    public virtual void Prepare(DatasetRunner runner)
    {
    }

    /// <summary>The rows of a partition, computed as they are enumerated. Called from any thread.</summary>
    public abstract IEnumerable<T> Compute(int partition);
}
