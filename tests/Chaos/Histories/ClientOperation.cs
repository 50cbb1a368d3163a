namespace Millrace.Chaos.Histories;

/// <summary>An entry of the history of a queue or a counter.</summary>
/// <param name="Process">Who; a process has one operation under way.</param>
/// <param name="Outcome">Whether the operation begins here, or how it ended.</param>
/// <param name="Name">What it does: <c>enqueue</c>, <c>dequeue</c>, <c>add</c>, <c>read</c>.</param>
/// <param name="Value">Given or found; null where nothing is known yet.</param>
public sealed record ClientOperation(int Process, HistoryOutcome Outcome, string Name, string? Value);
