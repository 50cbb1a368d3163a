namespace Millrace.Chaos.Cluster;

/// <summary>The faults of one kind.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Recoveries">Of each, from the fault to the first commit that holds a record read after it; of the database from when it is there again. In ascending order.</param>
public sealed record FaultReport(FaultKind Kind, IReadOnlyList<TimeSpan> Recoveries);
