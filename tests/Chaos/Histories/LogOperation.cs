using System.Collections.Immutable;

namespace Millrace.Chaos.Histories;

/// <summary>What one process did to a log at once: sends and polls in their order, or a new subscription.</summary>
/// <param name="Process">Who.</param>
/// <param name="Outcome">How it ended. All steps share it: an operation is a transaction.</param>
/// <param name="Steps">Records sent and read; empty for a subscription.</param>
/// <param name="Subscription">The partitions that the process reads from now on; null where that stays as it is.</param>
public sealed record LogOperation(int Process, HistoryOutcome Outcome, ImmutableArray<LogStep> Steps, ImmutableArray<string>? Subscription = null);
