namespace Millrace.DStreams.Rdds;

/// <summary>Each partition reads rows of every partition of the parent: they are sorted into buckets first.</summary>
public abstract class ShuffleDependency : Dependency
{
    private protected ShuffleDependency(Dataset parent)
        : base(parent)
    {
    }

    /// <summary>Fills the buckets, unless they are filled.</summary>
    internal abstract void Prepare();
}
