namespace Millrace.Runtime.Protocol;

/// <summary>One process incarnation's part: hosts tasks, writes their deltas, acknowledges, and passes decisions on.</summary>
internal sealed partial class WorkerProtocol
{
    public WorkerProtocol(
        JobShape shape, ProcessUid self, string node, WorkerOptions options, long nowMs, ProtocolFaults faults = ProtocolFaults.None)
    {
        _ = (shape, self, node, options, nowMs, faults);
    }

    /// <value>When the next <see cref="WorkerMessages.Tick"/> is due; changes with every step.</value>
    public long NextWakeMs { get; private set; }

    public void Step(IWorkerInput input, long nowMs, List<IWorkerEffect> effects) => throw new NotSupportedException();
}
