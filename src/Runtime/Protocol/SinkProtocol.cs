using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>Applies the committed epochs of one sink task to its external system, each once and in order.</summary>
internal sealed class SinkProtocol
{
    public SinkProtocol(
        long @base, ImmutableArray<ControlMessages.EpochReference> references, long retryMs = 50, ProtocolFaults faults = ProtocolFaults.None)
    {
        _ = (@base, references, retryMs, faults);
    }

    /// <value>The external system has everything up to this epoch; -1 until its watermark has been read.</value>
    public long Watermark { get; private set; } = -1;

    /// <value>Epochs that wait or are on their way.</value>
    public int Pending { get; private set; }

    /// <value>When the next <see cref="SinkMessages.Tick"/> is due; <see cref="long.MaxValue"/>: none.</value>
    public long NextWakeMs { get; private set; } = long.MaxValue;

    public void Step(ISinkInput input, long nowMs, List<ISinkEffect> effects) => throw new NotSupportedException();
}
