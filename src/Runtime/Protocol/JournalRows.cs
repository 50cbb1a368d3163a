using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>Everything that is ever durable.</summary>
internal static class JournalRows
{
    internal abstract record Row;

    /// <summary>In <c>lease</c>: the row's number is the incarnation of the coordinator that <paramref name="Holder"/> runs.</summary>
    internal sealed record LeaseTaken(ProcessUid Holder) : Row;

    /// <summary>First row of <c>c{incarnation}</c>: all predecessors are sealed.</summary>
    /// <param name="Resumes">A job that was closed before goes on. Without it the job stays closed, whoever comes after.</param>
    /// <param name="Manifest">Which job this is, and what it is made of: what a successor must agree with.</param>
    /// <param name="History">What all predecessors decided; null for the first.</param>
    internal sealed record Opened(long Incarnation, bool Resumes, string Manifest = "", HistoryImage? History = null) : Row;

    internal sealed record Planned(EpochPlan Plan) : Row;

    internal sealed record Attempted(AttemptPlan Attempt) : Row;

    internal sealed record Committed(CommittedEpoch Epoch) : Row;

    /// <summary>Images of all tasks at the end of a committed epoch are durable: a restore starts from them. Everything before this row stands in <paramref name="History"/>.</summary>
    /// <param name="Epoch">Not behind the watermark of any sink.</param>
    /// <param name="Images">By task: the row of <c>s{uid}</c> that holds its image. All other images are mere proposals.</param>
    /// <param name="Manifest">As in <see cref="Opened"/>, which may have been trimmed.</param>
    internal sealed record Snapshotted(long Epoch, ImmutableArray<RowAddress> Images, HistoryImage History, string Manifest = "") : Row;

    /// <summary>The job ended; a successor by takeover ends too, an explicit start goes on. A job that was rescaled goes on in any case.</summary>
    /// <param name="Reason">Why; of a job that was rescaled the manifest that it goes on with.</param>
    /// <param name="Next">Of a job that was rescaled: the history that it goes on from, with images of its new tasks.</param>
    internal sealed record Closed(JobOutcome Outcome, string Reason, HistoryImage? Next = null) : Row;

    /// <summary>Last row of <c>c{incarnation}</c>, written by a successor. Rows behind it are void.</summary>
    internal sealed record Sealed(long By) : Row;

    /// <summary>In <c>p{uid}</c>: the deltas of all tasks of a process for one epoch, in task order.</summary>
    internal sealed record EpochDeltas(long Epoch, ImmutableArray<TaskDelta> Tasks) : Row;

    /// <summary>In <c>s{uid}</c>: all state of one task at the end of an epoch.</summary>
    internal sealed record TaskImage(long Epoch, int Task, int Generation, object? Image) : Row;

    /// <summary>In <c>jobs</c> of a cluster: all that was submitted. Rows before it are needed by nobody.</summary>
    internal sealed record JobsBooked(JobBook Book) : Row;

    /// <summary>One task's part of a process row; <paramref name="Delta"/> (state changes and sink rows) is opaque to the protocol.</summary>
    internal sealed record TaskDelta(int Task, int Generation, object? Delta);
}
