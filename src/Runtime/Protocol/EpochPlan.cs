using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>The plan of one epoch. Durable before anything of the epoch is sent; never changes.</summary>
/// <param name="Epoch">Epochs are dense: the first is 1, the next one more.</param>
/// <param name="Ranges">By task index; tasks that are no sources have an empty range.</param>
/// <param name="NowMs">Processing time of the epoch (the batch time): first time + k * interval.</param>
/// <param name="Seed">Seed of the epoch's sanctioned randomness.</param>
/// <param name="TakesSnapshot">At its barrier every task hands over an image of all its state, beside its delta.</param>
/// <param name="Orders">What users asked of the tasks, in order: carried out as the epoch begins. Opaque to the protocol.</param>
/// <param name="Applied">Every sink had everything up to this epoch when the plan was made: what is known of a sink that keeps no watermark.</param>
internal sealed record EpochPlan(
    long Epoch, ImmutableArray<OffsetRange> Ranges, long NowMs, ulong Seed, bool TakesSnapshot = false, long Applied = 0, ImmutableArray<string> Orders = default)
{
    public ImmutableArray<string> Orders { get; init; } = Orders.IsDefault ? [] : Orders;
}
