using Millrace.Data;

namespace Millrace.Connectors;

/// <summary>Which split to read, and whom to tell what became of records and connections.</summary>
/// <param name="Split">The split, counted from 0.</param>
/// <param name="Splits">How many there are.</param>
/// <param name="RecordSkipped">Counts a record that the reader left out or had to repair, by reason; thread-safe.</param>
/// <param name="Warn">Tells a person, in one line, that the source is in trouble and goes on; thread-safe. Null where nobody listens.</param>
/// <param name="FirstOffset">Where reading begins: everything before it is committed. 0 in a job that starts anew, and for a source that can't be read again.</param>
/// <param name="Storage">Where the reader may keep files that outlive the process; null in a job without a checkpoint directory.</param>
/// <param name="ShowsEmptyEpochs">Whether an epoch without records runs. Where none does, a source that hands out a batch an epoch passes over empty ones.</param>
/// <param name="NowMs">The clock by which epochs get their times, in milliseconds since the Unix epoch; thread-safe. Null where no job runs.</param>
/// <param name="IsDraining">Whether the job ends in order, so that a reader opened now takes nothing in from outside; see <see cref="ISplitReader{T}.DrainAsync"/>.</param>
public sealed record SplitContext(
    PartitionId Split, int Splits, Action<string> RecordSkipped, Action<string>? Warn = null, long FirstOffset = 0, SplitStorage? Storage = null,
    bool ShowsEmptyEpochs = false, Func<long>? NowMs = null, bool IsDraining = false);
