using Millrace.Graphs;

namespace Millrace.DStreams;

/// <summary>A stream, whatever its rows, as its context sees it.</summary>
internal interface IRememberedStream
{
    /// <summary>Where the stream comes from in the graph.</summary>
    StreamNode Node { get; }

    /// <summary>How old the newest image of its state may become; null for a stream without any.</summary>
    TimeSpan? CheckpointDuration { get; }

    /// <summary>Adds an output that does nothing, so that the driver sees when a batch is over.</summary>
    void EndBatchesHere();

    /// <summary>Keeps each batch for at least so long; called before the start.</summary>
    void Keep(TimeSpan duration);
}
