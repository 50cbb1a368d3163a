using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>A committed epoch at whose end every task takes an image: a snapshot once all images are durable and every sink has applied it.</summary>
/// <param name="Generation">By task: the generation whose row the decision names; an image of another one shows another end of the epoch.</param>
internal sealed record SnapshotCandidate(CommittedEpoch Epoch, ImmutableArray<int> Generation);
