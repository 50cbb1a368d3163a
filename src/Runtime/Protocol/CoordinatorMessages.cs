namespace Millrace.Runtime.Protocol;

/// <summary>Inputs and effects of <see cref="CoordinatorProtocol"/> beside <see cref="JournalMessages"/> and <see cref="ControlMessages"/>.</summary>
internal static class CoordinatorMessages
{
    /// <summary>Input: the clock. Due whenever <see cref="CoordinatorProtocol.NextWakeMs"/> has come; more often does no harm.</summary>
    internal sealed record Tick : ICoordinatorInput
    {
        public static readonly Tick Instance = new();
    }

    /// <summary>Input: take the lease now, without waiting for a silence.</summary>
    internal sealed record TakeOver : ICoordinatorInput;

    /// <summary>Input: a beat of another coordinator was heard on this node.</summary>
    internal sealed record Heard(long Incarnation) : ICoordinatorInput;

    /// <summary>Input: a process is certainly gone (connection reset and a refused probe, or its shell says so).</summary>
    internal sealed record ProcessLost(ProcessUid Process) : ICoordinatorInput;

    /// <summary>Input: end the job; gracefully means what volatile sources have received, and all that is planned, committed and applied.</summary>
    internal sealed record Stop(bool IsGraceful) : ICoordinatorInput;

    /// <summary>Input: something a user asks of the tasks; it becomes part of the next plan, and with it durable. Lost with the coordinator before that.</summary>
    internal sealed record Order(string Text) : ICoordinatorInput;

    /// <summary>Input: take a snapshot and hand it out for <paramref name="Target"/>. Lost with the coordinator.</summary>
    /// <param name="Target">Names the request.</param>
    /// <param name="AtEnd">The snapshot is that of the last epoch of a graceful stop.</param>
    internal sealed record TakeSavepoint(string Target, bool AtEnd = false) : ICoordinatorInput;

    /// <summary>Input: the images of a <see cref="CopySavepoint"/> are not needed any more, copied or not.</summary>
    internal sealed record SavepointCopied : ICoordinatorInput;

    /// <summary>Input: work everything off, as for a graceful stop, and hand the last snapshot out for <paramref name="Target"/>; <see cref="Fitted"/> answers it. Lost with the coordinator. One that finds sources drained asks this of itself (<see cref="CoordinatorProtocol.AsItIs"/>).</summary>
    internal sealed record Rescale(string Target) : ICoordinatorInput;

    /// <summary>Input: what a job that is rescaled goes on from.</summary>
    /// <param name="Manifest">What it is made of then.</param>
    /// <param name="History">The snapshot's, with images of the new tasks, which are durable; null: the tasks are as they were, and so is the history.</param>
    internal sealed record Fitted(string Manifest, HistoryImage? History) : ICoordinatorInput;

    /// <summary>Effect: copy what a snapshot names, then answer <see cref="SavepointCopied"/>; its rows stay until then.</summary>
    internal sealed record CopySavepoint(string Target, JournalRows.Snapshotted Snapshot) : ICoordinatorEffect;

    /// <summary>Effect: tell a process.</summary>
    internal sealed record Send(ProcessUid Process, ControlMessages.ToProcess Message) : ICoordinatorEffect;

    /// <summary>Effect: this candidate now is the coordinator; all earlier history is folded.</summary>
    internal sealed record Opened(long Incarnation, long Committed) : ICoordinatorEffect;

    /// <summary>Effect: for observers; the plan is durable.</summary>
    internal sealed record EpochPlanned(EpochPlan Plan) : ICoordinatorEffect;

    /// <summary>Effect: for observers; the decision is durable.</summary>
    internal sealed record EpochCommitted(CommittedEpoch Epoch) : ICoordinatorEffect;

    /// <summary>Effect: for observers; the attempt is durable.</summary>
    internal sealed record AttemptRaised(AttemptPlan Plan, string Reason) : ICoordinatorEffect;

    /// <summary>Effect: for observers; a process is slow, and the attempt that has just been raised moves its tasks to others.</summary>
    /// <param name="Epochs">In so many epochs.</param>
    /// <param name="WorkedMs">What it worked in these, and was late by.</param>
    /// <param name="ExpectedMs">What others would have, and were.</param>
    /// <param name="Staying">Tasks that it keeps, since they can't move.</param>
    /// <param name="RestMs">After this it is offered tasks again.</param>
    internal sealed record StragglerSetAside(
        ProcessUid Process, string Node, int Epochs, long WorkedMs, long ExpectedMs, int Moved, int Staying, long RestMs) : ICoordinatorEffect;

    /// <summary>Effect: for observers; a process that was slow is offered tasks again.</summary>
    internal sealed record StragglerTakenBack(ProcessUid Process, string Node) : ICoordinatorEffect;

    /// <summary>Effect: all sources are exhausted, all epochs committed and applied. Last effect.</summary>
    internal sealed record Completed : ICoordinatorEffect;

    /// <summary>Effect: the job goes on with other numbers of partitions: begin anew, with tasks and a coordinator as the manifest says. Last effect.</summary>
    /// <param name="Processes">How many had a part in it, and may be waited for; null where that is not known.</param>
    internal sealed record Rescaled(string Manifest, int? Processes = null) : ICoordinatorEffect;

    /// <summary>Effect: stopped on request. Last effect.</summary>
    /// <param name="Left">What an immediate stop has left undone; null behind a graceful one, and of one that never ruled.</param>
    internal sealed record Stopped(UnfinishedWork? Left = null) : ICoordinatorEffect;

    /// <summary>Effect: the job is given up. Last effect.</summary>
    internal sealed record JobFailed(string Reason) : ICoordinatorEffect;

    /// <summary>Effect: another coordinator rules. Last effect; the shell may start a new standby.</summary>
    internal sealed record Fenced : ICoordinatorEffect;
}
