using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Tasks;

/// <summary>What tasks write to the log.</summary>
internal static partial class TaskLog
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "Job {Job}: {Warning}")]
    public static partial void SourceWarned(ILogger logger, string job, string warning);
}
