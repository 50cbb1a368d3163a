using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Hosting;

/// <summary>What a host writes to the log of jobs that were submitted to its cluster.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(EventId = 6001, Level = LogLevel.Information, Message = "Job {Job} was submitted: this node starts program {Program}")]
    public static partial void Starts(ILogger logger, string job, string program);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Warning, Message = "Job {Job}: program {Program} does not run on this node: {Reason}")]
    public static partial void DidNotStart(ILogger logger, string job, string program, string reason);

    [LoggerMessage(EventId = 6003, Level = LogLevel.Warning, Message = "Job {Job}: program {Program} does not run on this node: {Reason}; it is tried again in {Seconds} s")]
    public static partial void TriesAgain(ILogger logger, string job, string program, string reason, double seconds);

    [LoggerMessage(EventId = 6004, Level = LogLevel.Warning, Message = "Job {Job}: program {Program} failed behind the start of the job: {Reason}")]
    public static partial void EndedBadly(ILogger logger, string job, string program, string reason);

    [LoggerMessage(EventId = 6005, Level = LogLevel.Information, Message = "Jobs that are submitted are known as long as a node runs; for longer, set millrace.cluster.jobs-directory, or a journal in PostgreSQL")]
    public static partial void KeepsNothing(ILogger logger);
}
