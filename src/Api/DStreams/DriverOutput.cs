using Millrace.Graphs;

namespace Millrace.DStreams;

/// <summary>One output operation as the driver sees it: collects the partitions of each batch, then runs the body once.</summary>
/// <param name="id">Its number among the program's output operations, from 0; null for one of the context's own, of which listeners do not hear.</param>
internal abstract class DriverOutput(int? id)
{
    public int? Id => id;

    /// <summary>The sink that hands it the rows. Set when it is in the graph.</summary>
    public StreamNode Node { get; set; } = null!;

    /// <summary>Its name in the plan. Set at the start.</summary>
    public string Name { get; set; } = "";

    /// <summary>The next batch of which all partitions are here, or null.</summary>
    public abstract long? ReadyEpoch { get; }

    /// <summary>The ready batch is the present one from now on.</summary>
    public abstract void Begin();

    /// <summary>The time of the present batch.</summary>
    public abstract Time PresentTime { get; }

    /// <summary>Whether the body runs for the present batch, and not for one of a longer slide only.</summary>
    public abstract bool IsDue { get; }

    /// <summary>Runs the body for the present batch.</summary>
    public abstract void Run();

    /// <summary>Whoever delivered what is here is gone, and nobody waits for an answer; what he delivered comes again, to this process or another.</summary>
    public abstract void Forget();

    /// <summary>Answers every waiting partition with the cause: the job fails.</summary>
    public abstract void Fail(Exception cause);
}
