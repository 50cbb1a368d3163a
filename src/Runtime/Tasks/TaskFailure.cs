using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tasks;

/// <summary>Thrown by a task actor at its supervisor: the task can't go on as it is. Its state is kept; an attempt takes it back.</summary>
internal sealed class TaskFailure(int task, int generation, string reason, FailureKind kind, Exception? cause) : Exception(reason, cause)
{
    public int Task => task;

    /// <summary>The generation that failed.</summary>
    public int Generation => generation;

    public FailureKind Kind => kind;
}
