using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Executors;

/// <summary>What executors write to the log.</summary>
internal static partial class ExecutorLog
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "Job {Job}: executor {Executor} was lost and is started anew; what it held is computed again when it is needed ({Reason})")]
    public static partial void Lost(ILogger logger, string job, int executor, string reason);
}
