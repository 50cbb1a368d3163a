using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Tasks;

/// <summary>What tasks write to the log.</summary>
internal static partial class TaskLog
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "Job {Job}: {Warning}")]
    public static partial void SourceWarned(ILogger logger, string job, string warning);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "Job {Job}: sink {Sink} can't be reached and is asked again: {Cause}")]
    public static partial void SinkUnreachable(ILogger logger, string job, string sink, string cause);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "Job {Job}: {Count} records became dead letters in {Task}, epoch {Epoch}; read, replay or discard them by IJob.DeadLetters")]
    public static partial void DeadLetters(ILogger logger, string job, long count, string task, long epoch);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning, Message = "Job {Job}: task {Task} goes on from the snapshot before the last, of epoch {Epoch}, and {Epochs} epochs behind it, since the last can't be used: {Reason}")]
    public static partial void ImagePassedOver(ILogger logger, string job, int task, long epoch, int epochs, string reason);

    [LoggerMessage(EventId = 2006, Level = LogLevel.Warning, Message = "Job {Job}: sink {Sink} has not taken epoch {Epoch} and is tried again: {Reason}")]
    public static partial void SinkRefuses(ILogger logger, string job, string sink, long epoch, string reason);

    [LoggerMessage(EventId = 2007, Level = LogLevel.Warning, Message = "Job {Job}: sink {Sink} works again after {Seconds} s, and has everything up to epoch {Epoch}")]
    public static partial void SinkTakesAgain(ILogger logger, string job, string sink, double seconds, long epoch);

    [LoggerMessage(EventId = 2008, Level = LogLevel.Information, Message = "Job {Job}: the tasks that attempt {Attempt} places here are ready, {Tasks} of them")]
    public static partial void TasksReady(ILogger logger, string job, int attempt, int tasks);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Warning, Message = "Job {Job}: what brings the records of source {Source} has not ended while the job stops in order, and is waited for no longer; what it brings from now on is not taken")]
    public static partial void SourceCutOff(ILogger logger, string job, string source);
}
