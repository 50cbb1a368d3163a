using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>What a task did in one committed epoch.</summary>
internal sealed record RestoredEpoch(ControlMessages.EpochReference Reference, EncodedDelta Delta);
