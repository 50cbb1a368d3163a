using System.Collections.Immutable;

namespace Millrace.Chaos.Oracle;

/// <summary>What the oracle finds after a run.</summary>
/// <param name="Records">Records in the input logs.</param>
/// <param name="Difference">Rows and lines of all sinks against the oracle's, and records that no batch held.</param>
/// <param name="Violations">Numbers that went back.</param>
public sealed record Verdict(long Records, Difference Difference, ImmutableArray<string> Violations)
{
    /// <summary>Whether everything came out, once.</summary>
    public bool IsClean => Difference.IsNone && Violations.IsEmpty;
}
