namespace Millrace.DStreams.Rdds;

/// <summary>Where the rows of a shuffle go.</summary>
internal abstract class Route<TRow>
{
    /// <summary>Number of buckets.</summary>
    public abstract int Targets { get; }

    /// <summary>Called once before the rows of the partitions are sent.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>The way of the rows of one partition, in their order.</summary>
    public abstract Func<TRow, int> From(int partition);
}
