using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Connectors;

/// <summary>One epoch to make visible in a sink.</summary>
/// <param name="Epoch">The epoch, with the processing time of its plan.</param>
/// <param name="Previous">The epoch that the outside must hold for this one to be applied.</param>
/// <param name="Complete">Answers: the outcome, and on <see cref="SinkOutcome.Conflict"/> the epoch that the outside holds. Thread-safe.</param>
/// <param name="Fail">Answers that it can never work: the job fails with the cause. Thread-safe.</param>
public sealed record SinkCommit(EpochInfo Epoch, Epoch Previous, Action<SinkOutcome, long> Complete, Action<Exception> Fail)
{
    /// <summary>Tells a person, in one line, why the outside has not taken the epoch: before an outcome that is <see cref="SinkOutcome.Unknown"/>, and earlier where that takes long. The same reason may be told again. Thread-safe; null where nobody listens.</summary>
    public Action<string>? Warn { get; init; }
}
