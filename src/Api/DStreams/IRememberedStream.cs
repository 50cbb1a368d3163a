using Millrace.Graphs;

namespace Millrace.DStreams;

/// <summary>A stream whose past batches may be kept.</summary>
internal interface IRememberedStream
{
    /// <summary>Where the stream comes from in the graph.</summary>
    StreamNode Node { get; }

    /// <summary>Keeps each batch for at least so long; called before the start.</summary>
    void Keep(TimeSpan duration);
}
