namespace Millrace.DStreams;

/// <summary>Hears of what a context does; override what is of interest. Added by <see cref="StreamingContext.AddStreamingListener"/>.</summary>
/// <remarks>
/// All calls come from one thread of the context's own, in the order of the events, a moment after them. A listener holds nothing up; one that is
/// slower than the events loses the newest (<see cref="StreamingContext.ListenerEventsDropped"/>). One that throws is left out from then on, and
/// that is logged.
/// </remarks>
public abstract class StreamingListener
{
    /// <summary>The context has started.</summary>
    /// <param name="time">When.</param>
    public virtual void OnStreamingStarted(DateTimeOffset time)
    {
    }

    /// <summary>A batch is planned: it is known what it reads.</summary>
    public virtual void OnBatchSubmitted(BatchInfo batch)
    {
    }

    /// <summary>Work on a batch begins.</summary>
    public virtual void OnBatchStarted(BatchInfo batch)
    {
    }

    /// <summary>A batch has committed and its output operations have run.</summary>
    public virtual void OnBatchCompleted(BatchInfo batch)
    {
    }

    /// <summary>The body of an output operation begins.</summary>
    public virtual void OnOutputOperationStarted(OutputOperationInfo operation)
    {
    }

    /// <summary>The body of an output operation has ended, or has thrown.</summary>
    public virtual void OnOutputOperationCompleted(OutputOperationInfo operation)
    {
    }

    /// <summary>A receiver runs, or a socket stream has a connection, for the first time or again.</summary>
    public virtual void OnReceiverStarted(ReceiverInfo receiver)
    {
    }

    /// <summary>A receiver reported an error, or threw; a socket stream lost its connection, or tries in vain to get one (told once).</summary>
    public virtual void OnReceiverError(ReceiverInfo receiver)
    {
    }

    /// <summary>A receiver does not run any more: it has stopped itself, waits for its next start or connection, or the context has ended.</summary>
    public virtual void OnReceiverStopped(ReceiverInfo receiver)
    {
    }
}
