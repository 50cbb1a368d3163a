using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>Network, journal and external systems.</summary>
internal sealed partial class SimCluster
{
    /// <summary>In place of a connection's version, of an item that stays in its process: no connection breaks under it.</summary>
    private const long Local = -1;

    private readonly SimLink[] _links;
    private readonly bool[,] _cut;
    private readonly long[] _databaseCutUntilUs;
    private long _sinksOutUntilUs;
    private int _beatNode = -1;
    private bool _isCalm;

    /// <summary>Breaks that wait for an item to take with them.</summary>
    private int _armedResets;

    public void SendItem(SimProcess from, int producer, int consumer, SimItem item)
    {
        var owner = from.Worker.CurrentAttempt!.Owner[consumer];
        if (!_byUid.TryGetValue(owner, out var target) || target.IsDead)
        {
            return;
        }

        ref var link = ref _links[(producer * Shape.Count) + consumer];
        link.Generation = Math.Max(link.Generation, item.Generation);
        (link.From, link.To) = (from, target);
        if (Swallows(producer, consumer, from, target))
        {
            return;
        }

        var delayUs = target == from ? 20 : Random.Between(50, 900) + (Random.Below(200) == 0 ? 30_000 : 0) + (Random.Below(2000) == 0 ? 600_000 : 0);
        link.LastArrivalUs = Math.Max(link.LastArrivalUs + 1, NowUs + delayUs);
        var entry = Schedule(link.LastArrivalUs, SimEventKind.Item, target, a: consumer, b: producer, c: target == from ? Local : link.Version);
        entry.Item = item;
        if (_armedResets > 0 && target != from && Random.Below(8) == 0)
        {
            _armedResets--;
            Reset(producer, consumer, from, target);
        }
    }

    public void SendCredit(SimProcess from, int producer, int consumer, int generation)
    {
        var owner = from.Worker.CurrentAttempt!.Owner[producer];
        if (_byUid.TryGetValue(owner, out var target) && !target.IsDead && !Swallows(producer, consumer, from, target))
        {
            Schedule(NowUs + (target == from ? 20 : Random.Between(50, 900)), SimEventKind.Credit, target, a: producer, b: consumer, c: generation);
        }
    }

    private void OnItem(SimEvent entry)
    {
        // Lost with its connection: what arrived before the reset was delivered, what was under way is not.
        if (entry.C == Local || entry.C == _links[(entry.B * Shape.Count) + entry.A].Version)
        {
            var inputs = Shape.Tasks[entry.A].Inputs;
            entry.Process!.InboxOf(entry.A, inputs.Length)[inputs.IndexOf(entry.B)].Enqueue(entry.Item);
            WakeTask(entry.Process, entry.A);
        }
    }

    private void OnCredit(SimEvent entry)
    {
        if (entry.Process!.Tasks[entry.A] is { } task)
        {
            task.Grant(Shape.Tasks[entry.A].Downstream.IndexOf(entry.B), (int)entry.C);
            WakeTask(entry.Process, entry.A);
        }
    }

    private void SendToCoordinator(SimProcess from, ControlMessages.ToCoordinator message)
    {
        if (message is not ControlMessages.Heartbeat && from.KnownCoordinatorNode >= 0)
        {
            Transmit(from.Node, _nodes[from.KnownCoordinatorNode], SimEventKind.ToCandidate, message);
            return;
        }

        foreach (var target in _nodes)
        {
            Transmit(from.Node, target, SimEventKind.ToCandidate, message);
        }
    }

    private void SendToProcess(SimProcess from, ProcessUid uid, ControlMessages.ToProcess message)
    {
        // What comes after the end is not looked at: the ends' retained memory is.
        if (message is not ControlMessages.JobClosed { Outcome: not JobOutcome.Rescaled } && _byUid.TryGetValue(uid, out var target))
        {
            Transmit(from.Node, target, SimEventKind.ToWorker, message);
        }
    }

    private void Transmit(int fromNode, SimProcess? target, SimEventKind kind, object message)
    {
        if (target is null || target.IsDead || _cut[fromNode, target.Node] || (!_isCalm && Random.OneIn(Options.Loss)))
        {
            return;
        }

        if (kind == SimEventKind.ToCandidate && _nodes[fromNode] is { } from && !AreOfOneScale(from, target))
        {
            return;
        }

        var delayUs = fromNode == target.Node ? Random.Between(10, 60) : Random.Between(100, 1500);
        if (!_isCalm && Random.OneIn(Options.Slow))
        {
            delayUs += Random.Below(10) == 0 ? Random.Between(400_000, 3_000_000) : Random.Between(1000, 400_000);
        }

        Schedule(NowUs + delayUs, kind == SimEventKind.ToWorker ? SimEventKind.ToWorker : SimEventKind.ToCandidate, target, message, a: fromNode);
        if (!_isCalm && Random.OneIn(Options.Duplicate))
        {
            Schedule(NowUs + delayUs + Random.Between(0, 50_000), kind, target, message, a: fromNode);
        }
    }

    private void SubmitAppend(SimProcess process, CoordinatorProtocol? candidate, JournalMessages.Append append)
    {
        var isCut = _databaseCutUntilUs[process.Node] > NowUs;
        var isUnknown = isCut || (!_isCalm && Random.OneIn(Options.UnknownWrite));
        var delayUs = Random.Between(200, 3000) + (append.Stream.Kind == 's' ? Options.ImageDelayMs * 1000 : 0);
        if (!isUnknown)
        {
            Schedule(NowUs + delayUs, SimEventKind.JournalAppend, null, append, a: 1).Extra = (process, candidate);
            return;
        }

        // It happens, does not happen, or happens when nobody expects it any more; the caller learns nothing.
        Counters.UnknownWrites++;
        var fate = isCut ? 0 : Random.Below(3);
        if (fate > 0)
        {
            var lateUs = fate == 1 ? delayUs : LateUs();
            Schedule(NowUs + lateUs, SimEventKind.JournalAppend, null, append, a: 0).Extra = (process, candidate);
        }

        var answer = new JournalMessages.Appended(append.Stream, append.FirstNumber, AppendOutcome.Unknown, append.FirstNumber + append.Rows.Length);
        Schedule(NowUs + delayUs + Random.Between(0, 20_000), SimEventKind.JournalAnswer, process, answer).Extra = candidate;
    }

    private long LateUs() => Random.Below(5) == 0 ? Random.Between(300_000, 2_500_000) : Random.Between(3000, 300_000);

    private void OnJournalAppend(SimEvent entry)
    {
        var append = (JournalMessages.Append)entry.Payload!;
        var isWritten = Journal.TryAppend(append, out var next);
        if (entry.A == 1)
        {
            var (process, candidate) = ((SimProcess, CoordinatorProtocol?))entry.Extra!;
            var answer = new JournalMessages.Appended(append.Stream, append.FirstNumber, isWritten ? AppendOutcome.Ok : AppendOutcome.Conflict, next);
            Schedule(NowUs + Random.Between(100, 1500), SimEventKind.JournalAnswer, process, answer).Extra = candidate;
        }
    }

    public void WakeSink(SimProcess process, SimTask task, long atMs) =>
        Schedule(Math.Max(atMs * 1000, NowUs + 1), SimEventKind.SinkAnswer, process, SinkMessages.Tick.Instance, task.Index).Extra = task;

    private void OnTrim(JournalMessages.Trim trim)
    {
        Checker.OnTrim(trim);
        Counters.Trimmed += Journal.Trim(trim);
        if (Journal.Count(trim.Stream) == 0)
        {
            throw new ViolationException($"I9: nothing is left of {trim.Stream}: a late append to it would succeed.");
        }
    }

    private void SubmitRead(SimProcess process, CoordinatorProtocol? candidate, JournalMessages.Read read) =>
        Schedule(NowUs + Random.Between(100, 1500), SimEventKind.JournalRead, null, read).Extra = (process, candidate);

    private void OnJournalRead(SimEvent entry)
    {
        var read = (JournalMessages.Read)entry.Payload!;
        var (process, candidate) = ((SimProcess, CoordinatorProtocol?))entry.Extra!;
        object answer = _databaseCutUntilUs[process.Node] > NowUs || (!_isCalm && Random.OneIn(Options.ReadFailure))
            ? new JournalMessages.ReadFailed(read.Stream, read.Request)
            : new JournalMessages.RowsRead(read.Stream, read.FromNumber, read.Request, Journal.Read(read.Stream, read.FromNumber));
        Schedule(NowUs + Random.Between(100, 1500), SimEventKind.JournalAnswer, process, answer).Extra = candidate;
    }

    private void OnJournalAnswer(SimEvent entry)
    {
        if (entry.Extra is null)
        {
            StepWorker(entry.Process!, (IWorkerInput)entry.Payload!);
        }
        else if (entry.Process!.Candidate == entry.Extra)
        {
            StepCandidate(entry.Process, (ICoordinatorInput)entry.Payload!);
        }
    }

    public void OnSinkEffect(SimProcess process, SimTask task, ISinkEffect effect)
    {
        switch (effect)
        {
            case SinkMessages.Apply apply:
                SubmitApply(process, task, apply);
                break;
            case SinkMessages.ReadWatermark:
                Schedule(NowUs + Random.Between(100, 2000), SimEventKind.SinkRead, null, process, task.Index).Extra = task;
                break;
            case SinkMessages.FetchRows fetch:
                var delta = (SimDelta)Journal.Part(fetch.Reference.Row, task.Index, fetch.Reference.Epoch).Delta!;
                Schedule(
                    NowUs + Random.Between(100, 2000), SimEventKind.SinkAnswer, process,
                    new SinkMessages.RowsFetched(fetch.Reference.Epoch, delta.SinkRows), task.Index).Extra = task;
                break;
            case SinkMessages.Applied applied:
                TellWorker(process, new WorkerMessages.SinkApplied(task.Index, applied.Epoch));
                break;
            case SinkMessages.Contradiction contradiction:
                // A process that thawed behind the others may see more than it knows to be committed; its report is of an old generation, and void.
                TellWorker(process, new WorkerMessages.TaskFailed(task.Index, task.Protocol.Generation, $"I4: {contradiction.Reason}", FailureKind.Fatal));
                break;
        }
    }

    private void SubmitApply(SimProcess process, SimTask task, SinkMessages.Apply apply)
    {
        var delayUs = Random.Between(200, 4000);
        var isOut = _sinksOutUntilUs > NowUs;
        if (!isOut && (_isCalm || !Random.OneIn(Options.UnknownWrite)))
        {
            Schedule(NowUs + delayUs, SimEventKind.SinkApply, null, apply, task.Index, 1).Extra = (process, task);
            return;
        }

        Counters.UnknownWrites++;
        var fate = isOut ? 0 : Random.Below(3);
        if (fate > 0)
        {
            var lateUs = fate == 1 ? delayUs : LateUs();
            Schedule(NowUs + lateUs, SimEventKind.SinkApply, null, apply, task.Index, 0).Extra = (process, task);
        }

        var answer = new SinkMessages.ApplyEnded(apply.Epoch, AppendOutcome.Unknown, 0);
        Schedule(NowUs + delayUs + Random.Between(0, 20_000), SimEventKind.SinkAnswer, process, answer, task.Index).Extra = task;
    }

    private void OnSinkApply(SimEvent entry)
    {
        var apply = (SinkMessages.Apply)entry.Payload!;
        var sink = _sinks[entry.A]!;
        var isApplied = sink.TryApply(apply);
        if (entry.B == 1)
        {
            var (process, task) = ((SimProcess, SimTask))entry.Extra!;
            var answer = new SinkMessages.ApplyEnded(apply.Epoch, isApplied ? AppendOutcome.Ok : AppendOutcome.Conflict, sink.Watermark);
            Schedule(NowUs + Random.Between(100, 1000), SimEventKind.SinkAnswer, process, answer, entry.A).Extra = task;
        }
    }

    private void OnSinkRead(SimEvent entry)
    {
        ISinkInput answer = _sinksOutUntilUs > NowUs ? new SinkMessages.WatermarkUnknown() : new SinkMessages.WatermarkRead(Options.HasForgetfulSinks ? null : _sinks[entry.A]!.Watermark);
        Schedule(NowUs + Random.Between(100, 1000), SimEventKind.SinkAnswer, (SimProcess)entry.Payload!, answer, entry.A).Extra = entry.Extra;
    }
}
