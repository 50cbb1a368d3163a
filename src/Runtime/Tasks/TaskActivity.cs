using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tasks;

/// <summary>Since when a task has been inside one call, and in which operator; written by the task, read by the watchdog.</summary>
internal sealed class TaskActivity
{
    private long _busySinceMs;

    public OperatorProgress Progress { get; } = new();

    /// <summary>The operator at work, or the chain's head while no operator has been entered.</summary>
    public OperatorId? Operator => Progress.Current;

    public void Begin() => Volatile.Write(ref _busySinceMs, Environment.TickCount64);

    public void End() => Volatile.Write(ref _busySinceMs, 0);

    /// <summary>How long the present call has lasted; zero between calls.</summary>
    public TimeSpan Busy()
    {
        var since = Volatile.Read(ref _busySinceMs);
        return since == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Environment.TickCount64 - since);
    }
}
