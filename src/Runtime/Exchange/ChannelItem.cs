using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Exchange;

/// <summary>What travels on a channel: a batch, or a control item. FIFO; numbered without a gap within a generation.</summary>
/// <param name="Channel">The channel's index at the receiver.</param>
/// <param name="Generation">The generation of the receiver that it is meant for.</param>
/// <param name="Sequence">Its number in the channel, from 0 in each generation.</param>
/// <param name="Epoch">The epoch that it belongs to.</param>
/// <param name="Batch">The rows; null for a control item.</param>
/// <param name="Control">The control item; null for rows.</param>
internal sealed record ChannelItem(int Channel, int Generation, long Sequence, EpochInfo Epoch, Batch? Batch, ControlItem? Control)
{
    public bool IsBarrier => Control is ControlItem.Barrier;
}
