using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>One task as the protocol sees it.</summary>
/// <param name="Inputs">Upstream task of each input channel; the position is the channel's index at the receiver.</param>
/// <param name="Downstream">Consumers; the position is the output's index at the producer.</param>
/// <param name="IsVolatile">A source whose records nobody can read again but the copy that received them.</param>
/// <param name="TakesIn">A source that takes records in from outside by itself, and is drained when the job ends in order: a volatile one, or one that logs them first.</param>
/// <param name="IsTogether">All tasks of which this is true are held by one process.</param>
/// <param name="Stage">Tasks of one stage do the same, each with its part of the records.</param>
internal sealed record TaskShape(
    bool IsSource, bool IsSink, ImmutableArray<int> Inputs, ImmutableArray<int> Downstream, bool IsVolatile = false, bool TakesIn = false, bool IsTogether = false, int Stage = 0)
{
    public bool TakesIn { get; } = TakesIn || IsVolatile;
}
