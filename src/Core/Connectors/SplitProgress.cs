namespace Millrace.Connectors;

/// <summary>How far the readers before had come with a split.</summary>
/// <param name="Committed">Everything before this offset is committed; <see cref="SplitContext.FirstOffset"/>.</param>
/// <param name="Position">What <see cref="ISplitReader{T}.PositionAt"/> said there.</param>
/// <param name="Planned">The ranges behind it that are planned and will be asked for, in order.</param>
public sealed record SplitProgress(long Committed, string? Position, IReadOnlyList<PlannedRange> Planned);
