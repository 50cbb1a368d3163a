using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>A task that starts, with what it starts from.</summary>
/// <param name="Start">The order.</param>
/// <param name="Image">All its state at the epoch of the named image; null: none.</param>
/// <param name="Epochs">The committed epochs behind it, in order.</param>
internal sealed record TaskRestore(WorkerMessages.StartTask Start, EncodedDelta? Image, IReadOnlyList<RestoredEpoch> Epochs);
