using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>What coordinator and processes tell each other. Any of it may be lost, delayed, doubled or overtaken.</summary>
internal static class ControlMessages
{
    /// <summary>From the coordinator to a process. A higher incarnation raises the known one; a lower one is answered with it.</summary>
    internal abstract record ToProcess(long Incarnation) : IWorkerInput;

    /// <summary>From a process to whoever is coordinator: the shell sends it to every node that may host one.</summary>
    internal abstract record ToCoordinator(ProcessUid Process) : ICoordinatorInput;

    /// <summary>The coordinator lives. A standby hears it too.</summary>
    /// <param name="Answers">The last <see cref="Heartbeat.Asks"/> seen from the receiver.</param>
    internal sealed record Beat(long Incarnation, long Number, int Attempt, long Answers) : ToProcess(Incarnation);

    /// <summary>The current attempt, with what new owners need to restore.</summary>
    /// <param name="References">For each task that the receiver has held only since this attempt or has not yet confirmed.</param>
    internal sealed record Attempt(long Incarnation, AttemptPlan Plan, ImmutableArray<TaskReferences> References) : ToProcess(Incarnation);

    /// <summary>Run an epoch; its plan is durable.</summary>
    internal sealed record Run(long Incarnation, EpochPlan Plan) : ToProcess(Incarnation);

    /// <summary>An epoch is history; the decision is durable.</summary>
    internal sealed record Commit(long Incarnation, CommittedEpoch Epoch) : ToProcess(Incarnation);

    /// <summary>Which offsets could an epoch read? Every source task of the receiver answers with <see cref="OffsetsPolled"/>.</summary>
    /// <param name="IsDraining">The job ends in order: the sources take nothing more in before they answer.</param>
    internal sealed record Poll(long Incarnation, long Epoch, long NowMs, bool IsDraining) : ToProcess(Incarnation);

    /// <summary>The receiver was declared dead: it ends itself and may join again as another process.</summary>
    internal sealed record StandDown(long Incarnation) : ToProcess(Incarnation);

    /// <summary>The job has ended: the receiver ends its tasks.</summary>
    internal sealed record JobClosed(long Incarnation, JobOutcome Outcome, string Reason) : ToProcess(Incarnation);

    /// <summary>A process lives, and everything that it may have said in vain before.</summary>
    /// <param name="Node">Address of the process: a new uid at the same node is the death of the old one.</param>
    /// <param name="Incarnation">The highest incarnation it has heard.</param>
    /// <param name="Beat">The latest beat of that incarnation: the lease counts from when that beat was sent.</param>
    /// <param name="Attempt">The attempt it has adopted; 0 for none.</param>
    /// <param name="PlannedThrough">It knows every plan up to this epoch.</param>
    /// <param name="Committed">It has acted on every commit up to this epoch.</param>
    /// <param name="Acks">All acknowledgements of uncommitted epochs.</param>
    /// <param name="Failures">Failures whose tasks have not been sent back yet.</param>
    /// <param name="Applied">Watermark of each of its sink tasks.</param>
    /// <param name="Asks">Number of the last question; a beat that answers it proves that nothing older is acted on. 0: none.</param>
    /// <param name="Images">Durable images whose snapshot is neither named nor superseded, as far as the process knows.</param>
    /// <param name="Unreachable">Nodes with which no items can be exchanged: one of the two can't have tasks.</param>
    /// <param name="LateMs">How late the process has woken since it began, added up over its pulses.</param>
    /// <param name="TakesTasks">Whether it wants tasks; else it only hears of the job.</param>
    internal sealed record Heartbeat(
        ProcessUid Process,
        string Node,
        long Incarnation,
        long Beat,
        int Attempt,
        long PlannedThrough,
        long Committed,
        ImmutableArray<TaskAck> Acks,
        ImmutableArray<TaskFailure> Failures,
        ImmutableArray<SinkWatermark> Applied,
        long Asks,
        ImmutableArray<WrittenImage> Images = default,
        ImmutableArray<string> Unreachable = default,
        long LateMs = 0,
        bool TakesTasks = true) : ToCoordinator(Process);

    /// <summary>A row is durable: its tasks acknowledge.</summary>
    internal sealed record Acknowledge(ProcessUid Process, ImmutableArray<TaskAck> Acks) : ToCoordinator(Process);

    /// <summary>Answer of a source task to a poll.</summary>
    /// <param name="End">Exclusive; never behind what was planned.</param>
    /// <param name="Finished">There will never be data behind <paramref name="End"/>.</param>
    /// <param name="First">Where the very first range of the task starts; of no interest later.</param>
    /// <param name="Detail">Goes into the planned range: see <see cref="OffsetRange.Detail"/>.</param>
    /// <param name="IsDrained">Whether the source takes nothing more in: a poll that found nothing has the number of the next one, so that a late answer would pass for that of the last.</param>
    /// <param name="Failure">The error behind <paramref name="End"/>: what comes before it is worked off, then the job fails. Null: there is none.</param>
    internal sealed record OffsetsPolled(
        ProcessUid Process, int Task, int Generation, long Epoch, long End, bool Finished, long First, string? Detail = null, bool IsDrained = false, string? Failure = null)
        : ToCoordinator(Process);

    /// <summary>A task failed, or a channel into it broke.</summary>
    internal sealed record TaskFailed(ProcessUid Process, TaskFailure Failure) : ToCoordinator(Process);

    /// <summary>A sink has applied everything up to an epoch.</summary>
    internal sealed record SinkApplied(ProcessUid Process, SinkWatermark Watermark) : ToCoordinator(Process);

    /// <param name="Bytes">Size of the task's delta.</param>
    /// <param name="Work">What it took.</param>
    internal readonly record struct TaskAck(int Task, int Generation, long Epoch, RowAddress Row, long Bytes = 0, WorkDone Work = default);

    /// <param name="Task">The task that has to go back; for a broken channel its receiver.</param>
    /// <param name="Generation">Its generation when it failed: a failure of an older one is settled.</param>
    /// <param name="Kind">Who is to blame.</param>
    internal sealed record TaskFailure(int Task, int Generation, string Reason, FailureKind Kind);

    internal readonly record struct SinkWatermark(int Task, long Epoch);

    /// <summary>What a new owner needs to restore a task.</summary>
    /// <param name="Image">Its image in the last snapshot; null without a snapshot.</param>
    /// <param name="Rows">Its named rows behind the image, in order of epochs.</param>
    /// <param name="SourceStart">Of a source task; null before the first plan.</param>
    /// <param name="Former">What there is instead of the image, should it be damaged; null: nothing.</param>
    /// <param name="Applied">Every sink has at least everything up to this epoch: what is known of one that keeps no watermark.</param>
    /// <param name="Origin">The epoch of the savepoint that the job began from; 0 for none.</param>
    internal sealed record TaskReferences(
        int Task,
        ImageReference? Image,
        ImmutableArray<EpochReference> Rows,
        SourceStart? SourceStart,
        FormerReferences? Former = null,
        long Applied = 0,
        long Origin = 0)
    {
        /// <summary>The same without the image: from the former one, with all rows behind it. Null where that can't be.</summary>
        public TaskReferences? WithoutImage() => Former is { } former ? this with { Image = former.Image, Rows = [.. former.Rows, .. Rows], Former = null } : null;
    }

    /// <param name="Image">The task's image in the snapshot before the last; null: that was the beginning, when nothing was there.</param>
    /// <param name="Rows">Its named rows between the two snapshots, in order of epochs.</param>
    internal sealed record FormerReferences(ImageReference? Image, ImmutableArray<EpochReference> Rows);

    internal readonly record struct ImageReference(long Epoch, RowAddress Row);

    /// <summary>Where a reader opened anew stands.</summary>
    /// <param name="Committed">End of the last committed range.</param>
    /// <param name="Planned">End of the last planned range: a volatile source gives its first new record this offset.</param>
    /// <param name="Inflight">The ranges between them, in order.</param>
    /// <param name="IsDraining">The job ends in order, and may have polled for the last time: the reader takes nothing in from outside.</param>
    internal sealed record SourceStart(long Committed, long Planned, ImmutableArray<OffsetRange> Inflight, bool IsDraining);

    /// <summary>The image of a task is durable.</summary>
    internal readonly record struct WrittenImage(int Task, int Generation, long Epoch, RowAddress Row, long Bytes);

    /// <summary>An image is durable; repeated in heartbeats until its snapshot is named or superseded.</summary>
    internal sealed record SnapshotWritten(ProcessUid Process, WrittenImage Image) : ToCoordinator(Process);

    /// <summary>A snapshot is named: images up to its epoch need not be told any more.</summary>
    internal sealed record SnapshotNamed(long Incarnation, long Epoch) : ToProcess(Incarnation);

    /// <summary>A restore missed something that a later snapshot may have replaced: the task needs newer references. Repeated with heartbeats.</summary>
    /// <param name="SnapshotEpoch">Of the references that it had: if there are no newer ones, what is missing is lost.</param>
    /// <param name="Reason">What it missed, for a person.</param>
    internal sealed record ReferencesWanted(ProcessUid Process, int Task, int Generation, long SnapshotEpoch, string Reason) : ToCoordinator(Process);

    /// <summary>Answer to <see cref="ReferencesWanted"/>, if there are newer ones.</summary>
    internal sealed record References(long Incarnation, int Generation, TaskReferences Task) : ToProcess(Incarnation);

    internal readonly record struct EpochReference(long Epoch, long Previous, RowAddress Row);
}
