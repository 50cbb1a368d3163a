namespace Millrace.Runtime.Protocol;

/// <summary>What a task did for one epoch.</summary>
/// <param name="Microseconds">Time spent on its batches, barriers and timers; waiting for input or credit does not count.</param>
/// <param name="Rows">Rows that came in.</param>
internal readonly record struct WorkDone(long Microseconds, long Rows);
