namespace Millrace.DStreams.Rdds;

/// <summary>Each partition reads few partitions of the parent, in place.</summary>
public sealed class NarrowDependency : Dependency
{
    internal NarrowDependency(Dataset parent)
        : base(parent)
    {
    }
}
