namespace Millrace.DStreams.Rdds;

/// <summary>A parent in the lineage of an RDD, and how its rows come.</summary>
public abstract class Dependency
{
    private protected Dependency(Dataset parent) => Parent = parent;

    /// <summary>The RDD whose rows are read.</summary>
    public Dataset Parent { get; }
}
