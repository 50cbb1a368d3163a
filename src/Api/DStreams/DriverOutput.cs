namespace Millrace.DStreams;

/// <summary>One output operation as the driver sees it: collects the partitions of each batch, then runs the body once.</summary>
internal abstract class DriverOutput
{
    /// <summary>The next batch of which all partitions are here, or null.</summary>
    public abstract long? ReadyEpoch { get; }

    /// <summary>The time of the ready batch.</summary>
    public abstract Time ReadyTime { get; }

    /// <summary>Whether the body runs for the ready batch, and not for one of a longer slide only.</summary>
    public abstract bool IsDue { get; }

    /// <summary>Whether it is the context's own, of which listeners do not hear.</summary>
    public abstract bool IsHidden { get; }

    /// <summary>Runs the body for the ready batch.</summary>
    public abstract void Run();

    /// <summary>Answers every waiting partition with the cause: the job fails.</summary>
    public abstract void Fail(Exception cause);
}
