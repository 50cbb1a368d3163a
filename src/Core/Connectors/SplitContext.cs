using Millrace.Data;

namespace Millrace.Connectors;

/// <summary>Which split to read, and how to tell the task that something arrived.</summary>
/// <param name="Split">The split, counted from 0.</param>
/// <param name="Splits">How many there are.</param>
/// <param name="RecordSkipped">Counts a record that the reader left out, by reason; thread-safe.</param>
public sealed record SplitContext(PartitionId Split, int Splits, Action<string> RecordSkipped);
