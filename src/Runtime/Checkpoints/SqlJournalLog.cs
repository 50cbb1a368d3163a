using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Checkpoints;

/// <summary>What journals write to the log.</summary>
internal static partial class SqlJournalLog
{
    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "Journal of job {Job}: {Database} {Reason}; epochs wait until it works again")]
    public static partial void OutageBegan(ILogger logger, string job, string database, string reason);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Warning, Message = "Journal of job {Job}: the start waits, at most {Seconds} s more: {Database} {Reason}")]
    public static partial void OpeningWaits(ILogger logger, string job, double seconds, string database, string reason);

    [LoggerMessage(EventId = 1106, Level = LogLevel.Warning, Message = "Journal of job {Job}: {Database} still fails, now it {Reason}")]
    public static partial void OutageChanged(ILogger logger, string job, string database, string reason);

    [LoggerMessage(EventId = 1107, Level = LogLevel.Warning, Message = "Journal of job {Job}: the start waits, at most {Seconds} s, for whoever has the job on {Database} ({Owner})")]
    public static partial void HoldWaits(ILogger logger, string job, double seconds, string database, string owner);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Warning, Message = "Journal of job {Job}: {Database} works again, the job goes on after {Seconds} s")]
    public static partial void OutageEnded(ILogger logger, string job, string database, double seconds);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Warning, Message = "Journal of job {Job}, stream {Stream}: number {Expected} expected, an append at {Found} refused since it would leave a gap")]
    public static partial void GapRefused(ILogger logger, string job, string stream, long expected, long found);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Warning, Message = "Journal of job {Job}: rows that nobody needs any more stay, {Database} {Reason}")]
    public static partial void TrimFailed(ILogger logger, string job, string database, string reason);
}
