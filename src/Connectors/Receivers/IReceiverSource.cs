using Millrace.Time;

namespace Millrace.Connectors.Receivers;

/// <summary>A source whose records come by themselves, at a rate that can be limited, from something that starts, fails and stops.</summary>
public interface IReceiverSource
{
    /// <summary>The rate of the records, for back-pressure: a change holds for those to come.</summary>
    RateLimiter RateLimiter { get; }

    /// <summary>How it is doing in the job that opened the source last.</summary>
    ReceiverStatus Status { get; }

    /// <summary>Told of every start, error and stop, in order, on the thread on which it happens; what is called must not block.</summary>
    event Action<ReceiverEvent>? Changed;
}
