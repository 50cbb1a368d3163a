using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>The snapshot before the last one, kept with the rows behind it.</summary>
/// <param name="Epoch">0: the beginning of the job, when nothing was there.</param>
/// <param name="Images">By task: where its image stands; empty at the beginning.</param>
internal sealed record FormerSnapshot(long Epoch, ImmutableArray<RowAddress> Images);
