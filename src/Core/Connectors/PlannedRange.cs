namespace Millrace.Connectors;

/// <summary>Offsets of a split that an epoch is to read.</summary>
/// <param name="From">The first.</param>
/// <param name="To">Behind the last.</param>
/// <param name="Description">What <see cref="ISplitReader{T}.Describe"/> said of them.</param>
public sealed record PlannedRange(long From, long To, string? Description);
