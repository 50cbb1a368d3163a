namespace Millrace.DStreams;

/// <summary>A run of an output operation.</summary>
/// <param name="BatchTime">The batch.</param>
/// <param name="Id">Number of the operation, from 0, in the order in which they were added.</param>
/// <param name="Name">Its name in the plan, as <c>foreachRDD(socketText)</c>.</param>
/// <param name="StartTime">When its body began.</param>
/// <param name="EndTime">When it had ended; null before.</param>
/// <param name="FailureReason">Why it failed, in one line; null when it did not.</param>
public sealed record OutputOperationInfo(Time BatchTime, int Id, string Name, DateTimeOffset StartTime, DateTimeOffset? EndTime = null, string? FailureReason = null)
{
    /// <summary>How long the body ran.</summary>
    public TimeSpan? Duration => EndTime - StartTime;
}
