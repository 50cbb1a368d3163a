using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>The decision that makes an epoch history.</summary>
/// <param name="Previous">The epoch committed before it: a sink's watermark must stand there. 0 for the first.</param>
/// <param name="Rows">By task: the row whose delta of this task is accepted. All other rows are mere proposals.</param>
internal sealed record CommittedEpoch(long Epoch, long Previous, ImmutableArray<RowAddress> Rows);
