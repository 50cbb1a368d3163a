using Microsoft.Extensions.Logging;

namespace Millrace.DStreams;

/// <summary>What contexts write to the log.</summary>
internal static partial class ContextLog
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "Streaming listener {Listener} is left out from now on, since it threw {Cause}")]
    public static partial void ListenerLeftOut(ILogger logger, string listener, string cause);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "The context has stopped, and output operation {Output} still runs after {Seconds} s; what it does from now on stands beside a next start's")]
    public static partial void BodyGoesOn(ILogger logger, string output, double seconds);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "Checkpoints of RDDs that a former start left in {Directory} can't be deleted, and stay: {Cause}")]
    public static partial void FormerCheckpointsStay(ILogger logger, string directory, string cause);
}
