namespace Millrace.Chaos.Processes;

/// <summary>A kill to come.</summary>
/// <param name="Moment">When.</param>
/// <param name="Life">How long the victim lives after its recovery, at least.</param>
/// <param name="Fraction">From 0 to 1: where within a recovery, or within an epoch, it is hit.</param>
internal sealed record PlannedKill(KillMoment Moment, TimeSpan Life, double Fraction);
