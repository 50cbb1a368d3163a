namespace Millrace.Runtime.Protocol;

/// <summary>Plans, commits and recovers the epochs of one job.</summary>
internal sealed partial class CoordinatorProtocol
{
    public CoordinatorProtocol(
        JobShape shape, ProcessUid self, CoordinatorOptions options, long nowMs, ProtocolFaults faults = ProtocolFaults.None)
    {
        _ = (shape, self, options, nowMs, faults);
    }

    public CoordinatorState State { get; private set; }

    public long Incarnation { get; private set; }

    /// <value>When the next <see cref="CoordinatorMessages.Tick"/> is due; changes with every step.</value>
    public long NextWakeMs { get; private set; }

    public void Step(ICoordinatorInput input, long nowMs, List<ICoordinatorEffect> effects) => throw new NotSupportedException();
}
