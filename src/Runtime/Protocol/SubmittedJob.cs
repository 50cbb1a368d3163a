using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>One submission.</summary>
/// <param name="Uid">Its identity.</param>
/// <param name="Job">The job's name.</param>
/// <param name="Program">The program that starts it, in the catalog of each node.</param>
/// <param name="Arguments">For the program.</param>
/// <param name="End">Null as long as every node is to run it.</param>
internal sealed record SubmittedJob(SubmissionUid Uid, string Job, string Program, ImmutableArray<string> Arguments, SubmittedJob.Ending? End = null)
{
    /// <summary>It is not to be started any more.</summary>
    /// <param name="IsGraceful">Whether what there is is worked off where it still runs.</param>
    /// <param name="Reason">Why it failed, in one line; null where it was stopped, or had run to its end.</param>
    internal sealed record Ending(bool IsGraceful, string? Reason);

    /// <summary>Whether every node is to run it.</summary>
    public bool IsCurrent => End is null;
}
