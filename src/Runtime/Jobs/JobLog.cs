using Microsoft.Extensions.Logging;
using Millrace.Client;

namespace Millrace.Runtime.Jobs;

/// <summary>What jobs write to the log.</summary>
internal static partial class JobLog
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Job {Job} started: {Stages} stages, {Tasks} tasks; its sinks get every record {Guarantee}{Weakest}")]
    public static partial void Started(ILogger logger, string job, int stages, int tasks, string guarantee, string weakest);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "Job {Job} recovers, attempt {Attempt}: epochs behind {Base} run again ({Reason})")]
    public static partial void Recovering(ILogger logger, string job, int attempt, long @base, string reason);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Error, Message = "Job {Job} failed: {Reason}")]
    public static partial void Failed(ILogger logger, string job, string reason);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Information, Message = "Job {Job} ended: {State}")]
    public static partial void Ended(ILogger logger, string job, JobState state);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Warning, Message = "{Left}")]
    public static partial void DrainTimedOut(ILogger logger, string left);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Warning, Message = "Job {Job}: what a killed process had received and not committed is lost, and what of it was planned is counted, of sources that can't be read again: {Sources}; where that matters, use a log, files or the write-ahead log of receivers")]
    public static partial void VolatileSources(ILogger logger, string job, string sources);

    [LoggerMessage(EventId = 1008, Level = LogLevel.Information, Message = "Job {Job} begins from savepoint {Savepoint}, epoch {Epoch}; lost: {Lost}")]
    public static partial void BeginsFromSavepoint(ILogger logger, string job, string savepoint, long epoch, string lost);

    [LoggerMessage(EventId = 1009, Level = LogLevel.Warning, Message = "Job {Job} passes savepoint {Savepoint} over: {Directory} holds a checkpoint, and the job goes on from that")]
    public static partial void SavepointPassedOver(ILogger logger, string job, string savepoint, string directory);

    [LoggerMessage(EventId = 1010, Level = LogLevel.Warning, Message = "Job {Job}: {Operators} are told apart only by the order in which the program builds them, and would go on from each other's state in another order; give them names (WithName)")]
    public static partial void FoundByOrder(ILogger logger, string job, string operators);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Information, Message = "Job {Job} begins with nothing: no checkpoint of it in {Journal}")]
    public static partial void BeginsAnew(ILogger logger, string job, string journal);

    [LoggerMessage(EventId = 1013, Level = LogLevel.Information, Message = "Job {Job} has recovered: epoch {Epoch} is committed, {Milliseconds} ms after the attempt")]
    public static partial void Recovered(ILogger logger, string job, long epoch, long milliseconds);

    [LoggerMessage(EventId = 1012, Level = LogLevel.Information, Message = "Job {Job}: node {Node} coordinates it from now on, behind epoch {Epoch}")]
    public static partial void Coordinates(ILogger logger, string job, string node, long epoch);

    [LoggerMessage(EventId = 1017, Level = LogLevel.Information, Message = "Job {Job} is rescaled behind epoch {Epoch}: {Stages}")]
    public static partial void Rescaled(ILogger logger, string job, long epoch, string stages);

    [LoggerMessage(EventId = 1014, Level = LogLevel.Warning, Message = "Job {Job}: node {Node} is slow: {Epochs} epochs took {WorkedMs} ms of work and standing still there, where other nodes would have taken {ExpectedMs} ms")]
    public static partial void NodeIsSlow(ILogger logger, string job, string node, int epochs, long workedMs, long expectedMs);

    [LoggerMessage(EventId = 1015, Level = LogLevel.Warning, Message = "Job {Job}: {Tasks} tasks move off node {Node} to the others, {Staying} stay that can't move; it is offered tasks again in {Seconds} s")]
    public static partial void TasksMoveOff(ILogger logger, string job, int tasks, string node, int staying, double seconds);

    [LoggerMessage(EventId = 1016, Level = LogLevel.Information, Message = "Job {Job}: node {Node}, which was slow, is offered tasks again")]
    public static partial void OffersTasksAgain(ILogger logger, string job, string node);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Error, Message = "A task hangs in a user's function after every service has stopped; the process is ended now")]
    public static partial void HangsAtEnd(ILogger logger);
}
