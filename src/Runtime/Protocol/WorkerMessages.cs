using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>
/// Inputs and effects of <see cref="WorkerProtocol"/> beside <see cref="JournalMessages"/> and <see cref="ControlMessages"/>.
/// What passes between the worker and one task keeps its order and is never lost: both live in one process.
/// </summary>
internal static class WorkerMessages
{
    /// <summary>Input: the clock. Due whenever <see cref="WorkerProtocol.NextWakeMs"/> has come; more often does no harm.</summary>
    internal sealed record Tick : IWorkerInput
    {
        public static readonly Tick Instance = new();
    }

    /// <summary>Input: the task stands at the base of this generation: restored, or rolled back.</summary>
    internal sealed record TaskReady(int Task, int Generation) : IWorkerInput;

    /// <summary>Input: the task has passed the barrier of an epoch and hands over its delta.</summary>
    internal sealed record EpochCompleted(int Task, int Generation, long Epoch, object? Delta, long Bytes = 0, WorkDone Work = default) : IWorkerInput;

    /// <summary>Input: all state of a task at the barrier of an epoch that takes a snapshot. Comes before <see cref="EpochCompleted"/> of that epoch.</summary>
    internal sealed record ImageTaken(int Task, int Generation, long Epoch, object? Image, long Bytes) : IWorkerInput;

    /// <summary>Input: a started task could not be restored. Newer references are asked for; where there are none, the job fails.</summary>
    internal sealed record RestoreFailed(int Task, int Generation, string Reason) : IWorkerInput;

    /// <summary>
    /// Input: the task can't go on. It does nothing more until it adopts a newer generation, or, if its state is gone
    /// (<see cref="FailureKind.TaskAndState"/>, as after a crash of its actor), until it is started again.
    /// </summary>
    internal sealed record TaskFailed(int Task, int Generation, string Reason, FailureKind Kind = FailureKind.Task) : IWorkerInput;

    /// <summary>
    /// Input: a gap or a reset on a channel, seen by either end. <paramref name="Receiver"/> may live elsewhere;
    /// <paramref name="Generation"/> is the one stamped on the channel.
    /// </summary>
    internal sealed record ChannelBroken(int Receiver, int Generation, string Reason) : IWorkerInput;

    /// <summary>Input: the nodes with which no items can be exchanged, all of them: none takes the former ones back.</summary>
    internal sealed record NodesUnreachable(ImmutableArray<string> Nodes) : IWorkerInput;

    /// <summary>Input: the sink task's external system has everything up to an epoch.</summary>
    internal sealed record SinkApplied(int Task, long Epoch) : IWorkerInput;

    /// <summary>Input: answer to <see cref="PollOffsets"/>.</summary>
    internal sealed record OffsetsPolled(
        int Task, int Generation, long Epoch, long End, bool IsFinished, long First = 0, string? Detail = null, bool IsDrained = false, string? Failure = null) : IWorkerInput;

    /// <summary>Effect: tell the coordinator, wherever it may be.</summary>
    internal sealed record Send(ControlMessages.ToCoordinator Message) : IWorkerEffect;

    /// <summary>
    /// Effect: hold a task that was not held before, or whose old copy is void (discard it). Restore its state as of
    /// <paramref name="Base"/> from <paramref name="References"/> (the image, if there is one, then the deltas of the named rows in
    /// order), then answer <see cref="TaskReady"/> or <see cref="RestoreFailed"/>. References is empty for a task that has never committed.
    /// </summary>
    internal sealed record StartTask(
        int Task, int Generation, long Base, ControlMessages.TaskReferences References, ImmutableArray<int> ConsumerGenerations)
        : IWorkerEffect;

    /// <summary>Effect: the copy that is there adopts; see <see cref="TaskProtocol.Adopt"/>. Answer <see cref="TaskReady"/>.</summary>
    internal sealed record AdoptTask(int Task, int Generation, long Base, ImmutableArray<int> ConsumerGenerations) : IWorkerEffect;

    /// <summary>Effect: the task is held by another process now; end it and forget its state.</summary>
    internal sealed record DropTask(int Task) : IWorkerEffect;

    /// <summary>Effect: the plan of an epoch, in order of epochs; for tasks that are no sources the range is empty.</summary>
    internal sealed record RunEpoch(int Task, long Epoch, OffsetRange Range, long NowMs, ulong Seed, ImmutableArray<string> Orders, bool TakesSnapshot = false) : IWorkerEffect;

    /// <summary>Effect: the epoch is history; free its undo list, apply its sink rows, acknowledge its offsets.</summary>
    internal sealed record CommitEpoch(int Task, long Epoch, long Previous) : IWorkerEffect;

    /// <summary>Effect: a source task is asked for its latest offset. Answer <see cref="OffsetsPolled"/> with the same epoch.</summary>
    /// <param name="IsDraining">The source takes nothing more in from outside before it answers.</param>
    internal sealed record PollOffsets(int Task, long Epoch, long NowMs, bool IsDraining = false) : IWorkerEffect;

    /// <summary>Effect: this process was declared dead or fenced: end every task, forget everything, join again with a new uid.</summary>
    internal sealed record StandDown(string Reason) : IWorkerEffect;

    /// <summary>Effect: the job has ended: end every task.</summary>
    internal sealed record JobEnded(JobOutcome Outcome, string Reason) : IWorkerEffect;
}
