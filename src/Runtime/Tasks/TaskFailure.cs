namespace Millrace.Runtime.Tasks;

/// <summary>Thrown by a task actor at its supervisor: the task can't go on as it is. Its state is kept; an attempt takes it back.</summary>
internal sealed class TaskFailure(int task, int generation, string reason, bool isFatal, Exception? cause) : Exception(reason, cause)
{
    public int Task => task;

    /// <summary>The generation that failed.</summary>
    public int Generation => generation;

    /// <summary>Whether another attempt can't help.</summary>
    public bool IsFatal => isFatal;

    /// <summary>Whether it is the channel's fault, not the task's.</summary>
    public bool IsChannelBroken { get; init; }
}
