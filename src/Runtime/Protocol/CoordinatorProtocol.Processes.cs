using System.Collections.Immutable;
using static Millrace.Runtime.Protocol.ControlMessages;
using static Millrace.Runtime.Protocol.CoordinatorMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>Who lives: beats, leases, heartbeats, and the repetition of what has not arrived.</summary>
internal sealed partial class CoordinatorProtocol
{
    private const int SentWindow = 64;
    private readonly List<ProcessSlot> _processes = [];
    private readonly HashSet<ProcessUid> _gone = [];
    private readonly long[] _beatSentAtMs = new long[SentWindow];
    private readonly long[] _plannedAtMs = new long[SentWindow];
    private readonly long[] _committedAtMs = new long[SentWindow];
    private long _beat;
    private long _beatAtMs;
    private long _openedAtMs;

    private ProcessSlot? Find(ProcessUid uid)
    {
        foreach (var process in _processes)
        {
            if (process.Uid == uid)
            {
                return process;
            }
        }

        return null;
    }

    private ProcessSlot Register(ProcessUid uid, long leaseUntilMs)
    {
        var slot = new ProcessSlot(uid) { LeaseUntilMs = leaseUntilMs };
        var index = 0;
        while (index < _processes.Count && _processes[index].Uid.CompareTo(uid) < 0)
        {
            index++;
        }

        _processes.Insert(index, slot);
        return slot;
    }

    private bool IsAlive(ProcessUid uid, long nowMs) => Find(uid) is { IsCutOff: false } process && (!LeasesOn || process.LeaseUntilMs >= nowMs);

    private bool IsEligible(ProcessSlot process, long nowMs) => process is { IsConfirmed: true, TakesTasks: true, IsCutOff: false } && (!LeasesOn || process.LeaseUntilMs >= nowMs);

    /// <summary>
    /// Of two processes that take tasks and can't exchange items one can't have tasks, or no epoch would end: the one that is cut off from more others; of equals
    /// not the coordinator's own, rather one without tasks, then the higher uid.
    /// </summary>
    private void FindCutOff()
    {
        var isAnyCut = false;
        foreach (var process in _processes)
        {
            process.IsCutOff = false;
            isAnyCut |= !process.Unreachable.IsEmpty;
        }

        while (isAnyCut && (_faults & ProtocolFaults.IgnoreCutOff) == ProtocolFaults.None)
        {
            ProcessSlot? worst = null;
            foreach (var process in _processes)
            {
                process.Cuts = process is { IsCutOff: false, TakesTasks: true } ? _processes.Count(other => other is { IsCutOff: false, TakesTasks: true } && (process.Unreachable.Contains(other.Node) || other.Unreachable.Contains(process.Node))) : 0;
                if (process.Cuts > 0 && (worst is null || IsWorse(process, worst)))
                {
                    worst = process;
                }
            }

            if (worst is null)
            {
                return;
            }

            worst.IsCutOff = true;
        }

        bool IsWorse(ProcessSlot process, ProcessSlot other)
        {
            if (process.Cuts != other.Cuts)
            {
                return process.Cuts > other.Cuts;
            }

            if (process.Uid == _self || other.Uid == _self)
            {
                return other.Uid == _self;
            }

            return OwnsTasks(other.Uid) || !OwnsTasks(process.Uid);
        }
    }

    /// <summary>After a takeover the owners have a lease's time to be heard; without leases only this process can own anything.</summary>
    private void ExpectFormerOwners(long nowMs)
    {
        if (_history.Attempt is not { } attempt)
        {
            return;
        }

        foreach (var owner in attempt.Owner)
        {
            if (Find(owner) is null && !_gone.Contains(owner) && (LeasesOn || owner == _self))
            {
                Register(owner, nowMs + _options.LeaseMs);
            }
        }
    }

    /// <summary>This process stood still itself, so silence proves nothing: everybody gets a new lease.</summary>
    private void OnThawed(long nowMs)
    {
        foreach (var process in _processes)
        {
            process.LeaseUntilMs = Math.Max(process.LeaseUntilMs, nowMs + _options.LeaseMs);
        }
    }

    private void OnProcessLost(ProcessUid uid)
    {
        _gone.Add(uid);
        _processes.RemoveAll(p => p.Uid == uid);
    }

    private void Broadcast(ToProcess message, List<ICoordinatorEffect> effects)
    {
        foreach (var process in _processes)
        {
            effects.Add(new Send(process.Uid, message));
        }
    }

    private void Beat(long nowMs, List<ICoordinatorEffect> effects)
    {
        if (!LeasesOn || nowMs < _beatAtMs)
        {
            return;
        }

        _beat++;
        _beatAtMs = nowMs + _options.BeatMs;
        _beatSentAtMs[_beat % SentWindow] = nowMs;
        for (var i = _processes.Count - 1; i >= 0; i--)
        {
            var process = _processes[i];
            // Why not one that rests: it would come back as one that nothing is known of.
            if (process.LeaseUntilMs < nowMs && !OwnsTasks(process.Uid) && process.AsideUntilMs == 0)
            {
                _processes.RemoveAt(i);
            }
        }

        foreach (var process in _processes)
        {
            effects.Add(new Send(process.Uid, BeatFor(process)));
        }
    }

    private ControlMessages.Beat BeatFor(ProcessSlot process) => new(Incarnation, _beat, _history.Attempt?.Number ?? 0, process.Asks);

    private bool OwnsTasks(ProcessUid uid) => _history.Attempt is { } attempt && attempt.Owner.Contains(uid);

    private void OnMessage(ToCoordinator message, long nowMs, List<ICoordinatorEffect> effects)
    {
        if (State == CoordinatorState.Stopped)
        {
            if (message is Heartbeat && _history.Closed is { } closed)
            {
                effects.Add(new Send(message.Process, new JobClosed(Incarnation, closed.Outcome, closed.Reason)));
            }

            return;
        }

        switch (message)
        {
            case Heartbeat heartbeat:
                OnHeartbeat(heartbeat, nowMs, effects);
                break;
            case Acknowledge acknowledge:
                foreach (var ack in acknowledge.Acks)
                {
                    OnAck(acknowledge.Process, ack);
                }

                break;
            case ControlMessages.OffsetsPolled polled:
                OnOffsetsPolled(polled, nowMs);
                break;
            case ControlMessages.TaskFailed failed:
                OnFailure(failed.Failure);
                break;
            case SnapshotWritten written:
                OnImage(written.Process, written.Image);
                break;
            case ReferencesWanted wanted:
                OnReferencesWanted(wanted, effects);
                break;
            case ControlMessages.SinkApplied applied:
                OnApplied(applied.Watermark);
                break;
        }
    }

    private void OnApplied(SinkWatermark watermark) =>
        _applied[watermark.Task] = Math.Max(_applied[watermark.Task], watermark.Epoch);

    private void OnHeartbeat(Heartbeat heartbeat, long nowMs, List<ICoordinatorEffect> effects)
    {
        if (heartbeat.Incarnation > Incarnation)
        {
            Fence(effects);
            return;
        }

        if (_gone.Contains(heartbeat.Process) || _history.IsDead(heartbeat.Process))
        {
            effects.Add(new Send(heartbeat.Process, new ControlMessages.StandDown(Incarnation)));
            return;
        }

        var process = Find(heartbeat.Process) ?? Register(heartbeat.Process, nowMs + _options.LeaseMs);
        Supersede(process, heartbeat.Node);
        Renew(process, heartbeat, nowMs);
        foreach (var ack in heartbeat.Acks)
        {
            OnAck(heartbeat.Process, ack);
        }

        foreach (var failure in heartbeat.Failures)
        {
            OnFailure(failure);
        }

        foreach (var applied in heartbeat.Applied)
        {
            OnApplied(applied);
        }

        foreach (var image in heartbeat.Images.IsDefault ? [] : heartbeat.Images)
        {
            OnImage(heartbeat.Process, image);
        }

        if (!heartbeat.Images.IsDefaultOrEmpty && heartbeat.Images[0].Epoch <= _history.SnapshotEpoch)
        {
            effects.Add(new Send(process.Uid, new SnapshotNamed(Incarnation, _history.SnapshotEpoch)));
        }

        process.TakesTasks = heartbeat.TakesTasks;
        process.Unreachable = heartbeat.Unreachable.IsDefault ? [] : heartbeat.Unreachable;
        NoteLateness(process, heartbeat.LateMs, nowMs);
        process.Attempt = Math.Max(process.Attempt, heartbeat.Attempt);
        process.PlannedThrough = Math.Max(process.PlannedThrough, heartbeat.PlannedThrough);
        process.Committed = Math.Max(process.Committed, heartbeat.Committed);
        if (heartbeat.Asks > process.Asks)
        {
            process.Asks = heartbeat.Asks;
            effects.Add(new Send(process.Uid, BeatFor(process)));
        }

        Repeat(process, nowMs, effects);
    }

    /// <summary>A restarted process at the same address is the death of the former one, at once.</summary>
    private void Supersede(ProcessSlot process, string node)
    {
        if (process.Node.Length > 0)
        {
            return;
        }

        process.Node = node;
        for (var i = _processes.Count - 1; i >= 0; i--)
        {
            var other = _processes[i];
            if (other != process && string.Equals(other.Node, node, StringComparison.Ordinal))
            {
                _gone.Add(other.Uid);
                _processes.RemoveAt(i);
            }
        }
    }

    /// <summary>The lease counts from when the echoed beat was sent: a process that hears nothing does not live.</summary>
    private void Renew(ProcessSlot process, Heartbeat heartbeat, long nowMs)
    {
        if (!process.IsConfirmed)
        {
            process.ConfirmedAtMs = nowMs;
        }

        if (!LeasesOn)
        {
            process.IsConfirmed = true;
        }
        else if (heartbeat.Incarnation == Incarnation && heartbeat.Beat > _beat - SentWindow && heartbeat.Beat > 0)
        {
            process.IsConfirmed = true;
            process.LeaseUntilMs = Math.Max(process.LeaseUntilMs, _beatSentAtMs[heartbeat.Beat % SentWindow] + _options.LeaseMs);
        }
    }

    /// <summary>What the heartbeat does not show, and was not sent just now, is sent again.</summary>
    private void Repeat(ProcessSlot process, long nowMs, List<ICoordinatorEffect> effects)
    {
        if (_history.Attempt is not { } attempt || nowMs < process.RepeatAtMs)
        {
            return;
        }

        var count = effects.Count;
        if (process.Attempt < attempt.Number)
        {
            effects.Add(new Send(process.Uid, AttemptFor(process)));
        }

        foreach (var plan in _history.Inflight)
        {
            if (plan.Epoch > process.PlannedThrough && IsOld(_plannedAtMs, plan.Epoch, nowMs))
            {
                effects.Add(new Send(process.Uid, new ControlMessages.Run(Incarnation, plan)));
            }
        }

        if (process.Attempt == attempt.Number)
        {
            var from = Math.Max(process.Committed, attempt.Base);
            var first = _history.Committed.Count;
            while (first > 0 && _history.Committed[first - 1].Epoch > from)
            {
                first--;
            }

            for (var i = first; i < _history.Committed.Count; i++)
            {
                if (IsOld(_committedAtMs, _history.Committed[i].Epoch, nowMs))
                {
                    effects.Add(new Send(process.Uid, new Commit(Incarnation, _history.Committed[i])));
                }
            }
        }

        if (effects.Count > count)
        {
            process.RepeatAtMs = nowMs + _options.RepeatMs;
        }
    }

    private bool IsOld(long[] sentAtMs, long epoch, long nowMs) => nowMs - sentAtMs[epoch % SentWindow] >= _options.RepeatMs;

    /// <summary>What this coordinator knows of one process.</summary>
    private sealed class ProcessSlot(ProcessUid uid)
    {
        public ProcessUid Uid { get; } = uid;

        public string Node { get; set; } = "";

        public long LeaseUntilMs { get; set; }

        /// <value>It has answered this very coordinator: tasks may be given to it.</value>
        public bool IsConfirmed { get; set; }

        public long ConfirmedAtMs { get; set; }

        public int Attempt { get; set; }

        public long PlannedThrough { get; set; }

        public long Committed { get; set; }

        public long Asks { get; set; }

        public long RepeatAtMs { get; set; }

        /// <value>It wants tasks; else it only hears of the job.</value>
        public bool TakesTasks { get; set; } = true;

        /// <value>Nodes with which it can't exchange items, as it says.</value>
        public ImmutableArray<string> Unreachable { get; set; } = [];

        /// <value>It can't have tasks; see <see cref="FindCutOff"/>.</value>
        public bool IsCutOff { get; set; }

        public int Cuts { get; set; }

        public int Load { get; set; }

        /// <value>It counts as no straggler before: it has got tasks only just now.</value>
        public long JudgedFromMs { get; set; }

        /// <value>As it said last.</value>
        public long LateMs { get; set; }

        /// <value>When it said so; 0: never.</value>
        public long LateAtMs { get; set; }

        /// <value>The share of the time that it wakes too late by, about.</value>
        public double Lateness { get; set; }

        /// <value>Epochs in which it was slow, less two for each in which it was not.</value>
        public int SlowEpochs { get; set; }

        /// <value>Microseconds that it worked in these epochs, or was late by.</value>
        public double Worked { get; set; }

        /// <value>Microseconds that others would have, or were.</value>
        public double Expected { get; set; }

        /// <value>It gets no tasks before; 0: it is not set aside.</value>
        public long AsideUntilMs { get; set; }

        /// <value>How long it was, or is, set aside last.</value>
        public long RestMs { get; set; }
    }
}
