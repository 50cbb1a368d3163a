namespace Millrace.DStreams.Rdds;

/// <summary>Each partition reads rows of every partition of the parent: they are sorted into buckets first.</summary>
public abstract class ShuffleDependency : Dependency
{
    private protected ShuffleDependency(Dataset parent)
        : base(parent)
    {
    }

    /// <summary>Runs the map side for those partitions of the parent whose rows are not here and are still wanted.</summary>
    internal abstract void Prepare(DatasetRunner runner);
}
