using System.Collections.Immutable;
using Millrace.Client;
using static Millrace.Runtime.Protocol.ControlMessages;
using static Millrace.Runtime.Protocol.CoordinatorMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>Planning moments, polls, acknowledgements, and what is decided at one moment.</summary>
internal sealed partial class CoordinatorProtocol
{
    /// <summary>A poll that found nothing is not repeated sooner, whatever the interval.</summary>
    private const long IdlePollMs = 10;

    private readonly ControlMessages.OffsetsPolled?[] _polled;
    private readonly long[] _applied;
    private readonly List<AckTable> _acks = [];
    private readonly List<string> _orders = [];
    private long? _lastMomentMs;
    private long _notBeforeMs;
    private long _pollEpoch;
    private long _pollNowMs;
    private long _pollRepeatAtMs;
    private bool _isLastPollDue;
    private long _drainingSinceMs;
    private bool _isPollDraining;
    private string? _inputFailure;

    private bool NothingToPlan => _history.AllSourcesEnded || _inputFailure is not null || (State == CoordinatorState.Draining && !_isLastPollDue && !IsSavepointWanted);

    /// <summary>Everything that can be decided now, in one append.</summary>
    private void Decide(long nowMs, List<ICoordinatorEffect> effects)
    {
        var rows = ImmutableArray.CreateBuilder<JournalRows.Row>();
        TakeBack(nowMs, effects);
        DecideSnapshot(nowMs, rows);
        var committed = DecideCommits(rows);
        var failures = committed > _history.LastCommitted ? 0 : _history.Failures;
        if (FatalFailure(failures) is { } reason)
        {
            rows.Add(new JournalRows.Closed(JobOutcome.Failed, reason));
        }
        else
        {
            if (!DecideAttempt(committed, failures, nowMs, rows))
            {
                // Never beside an attempt: a source's new owner begins behind the last plan that it is told of.
                DecidePlan(nowMs, rows, effects);
            }

            DecideEnd(rows);
        }

        if (rows.Count > 0)
        {
            Append(rows.ToImmutable(), effects);
        }

        StartPoll(nowMs, effects);
    }

    /// <returns>The last committed epoch once the rows are durable.</returns>
    private long DecideCommits(ImmutableArray<JournalRows.Row>.Builder rows)
    {
        var previous = _history.LastCommitted;
        foreach (var plan in _history.Inflight)
        {
            if (AcksOf(plan.Epoch) is not { } acks || !acks.IsComplete(_faults))
            {
                break;
            }

            rows.Add(new JournalRows.Committed(new CommittedEpoch(plan.Epoch, previous, [.. acks.Rows])));
            previous = plan.Epoch;
        }

        return previous;
    }

    private AckTable? AcksOf(long epoch)
    {
        foreach (var acks in _acks)
        {
            if (acks.Epoch == epoch)
            {
                return acks;
            }
        }

        return null;
    }

    /// <summary>Counts only from the present owner at the present generation, of an epoch that is planned and not committed.</summary>
    private void OnAck(ProcessUid process, TaskAck ack)
    {
        if (_history.Attempt is not { } attempt || ack.Epoch <= _history.LastCommitted || ack.Epoch > _history.LastPlanned)
        {
            return;
        }

        var isPresent = attempt.Generation[ack.Task] == ack.Generation && attempt.Owner[ack.Task] == process && ack.Row.Process == process;
        if (!isPresent && (_faults & ProtocolFaults.AcceptAckFromFormerOwner) == ProtocolFaults.None)
        {
            return;
        }

        var acks = AcksOf(ack.Epoch);
        if (acks is null)
        {
            acks = new AckTable(ack.Epoch, _shape.Count);
            _acks.Add(acks);
        }

        // A late acknowledgement of an older row must not take the place of the newer one's: the older may be trimmed.
        if (acks.Rows[ack.Task].Process == process && acks.Rows[ack.Task].Number > ack.Row.Number)
        {
            return;
        }

        acks.Rows[ack.Task] = ack.Row;
        acks.Bytes[ack.Task] = ack.Bytes;
        acks.Work[ack.Task] = ack.Work;
    }

    private void OnCommitted(CommittedEpoch epoch, long nowMs, List<ICoordinatorEffect> effects)
    {
        if (AcksOf(epoch.Epoch) is { } acks)
        {
            _bytesCommitted += acks.Bytes.Sum();
            Judge(acks.Work, nowMs);
        }

        if (_history.Candidate?.Epoch == epoch)
        {
            _bytesAtCandidate = _bytesCommitted;
        }

        _acks.RemoveAll(a => a.Epoch <= epoch.Epoch);
        _committedAtMs[epoch.Epoch % SentWindow] = nowMs;
        effects.Add(new EpochCommitted(epoch));
        Broadcast(new Commit(Incarnation, epoch), effects);
    }

    private void BeginPlanning(long nowMs)
    {
        _lastMomentMs = _history.LastNowMs;
        if (_lastMomentMs is { } last && _options.EpochIntervalMs > 0 && nowMs - last - _options.EpochIntervalMs > _options.MaxCatchUpMs)
        {
            _lastMomentMs = last + (((nowMs - last) / _options.EpochIntervalMs) - 1) * _options.EpochIntervalMs;
        }
    }

    /// <summary>The planning moment that comes next, which may lie behind when the job is late.</summary>
    private long NextMoment(long nowMs)
    {
        if (_lastMomentMs is not { } last)
        {
            return _options.FirstTimeMs ?? nowMs;
        }

        var interval = _options.EpochIntervalMs;
        if (interval == 0)
        {
            return Math.Max(last, nowMs);
        }

        var skipped = _options.EmptyEpochs == EmptyEpochs.Coalesce ? Math.Max(0, (nowMs - last) / interval - 1) * interval : 0;
        return last + interval + skipped;
    }

    private bool MayPoll()
    {
        if (_pollEpoch != 0 || _history.Attempt is null || NothingToPlan || !_writing.IsEmpty)
        {
            return false;
        }

        return _history.LastPlanned - Applied() < _options.MaxInflightEpochs;
    }

    /// <summary>The epoch that is committed and that every sink has.</summary>
    private long Applied()
    {
        var applied = _history.LastCommitted;
        foreach (var sink in _shape.Sinks)
        {
            applied = Math.Min(applied, _applied[sink]);
        }

        return applied;
    }

    private void StartPoll(long nowMs, List<ICoordinatorEffect> effects)
    {
        var moment = NextMoment(nowMs);
        // Moments that were missed before the job was to end come first: each has rows of its own.
        var isLast = _isLastPollDue && moment >= _drainingSinceMs;
        if (!MayPoll() || (!isLast && (moment > nowMs || _notBeforeMs > nowMs)))
        {
            return;
        }

        _pollEpoch = _history.LastPlanned + 1;
        _pollNowMs = moment;
        _isLastPollDue &= !isLast;
        _isPollDraining = State == CoordinatorState.Draining && !_isLastPollDue && (_faults & ProtocolFaults.LastPollTakesIn) == ProtocolFaults.None;
        Array.Clear(_polled);
        SendPoll(nowMs, effects);
    }

    private void SendPoll(long nowMs, List<ICoordinatorEffect> effects)
    {
        _pollRepeatAtMs = nowMs + _options.RepeatMs;
        var attempt = _history.Attempt!;
        foreach (var process in _processes)
        {
            foreach (var source in _shape.Sources)
            {
                if (attempt.Owner[source] == process.Uid && _polled[source] is null)
                {
                    effects.Add(new Send(process.Uid, new Poll(Incarnation, _pollEpoch, _pollNowMs, _isPollDraining)));
                    break;
                }
            }
        }
    }

    private void RepeatPoll(long nowMs, List<ICoordinatorEffect> effects)
    {
        if (_pollEpoch != 0 && nowMs >= _pollRepeatAtMs)
        {
            SendPoll(nowMs, effects);
        }
    }

    private void OnOffsetsPolled(ControlMessages.OffsetsPolled polled, long nowMs)
    {
        if (polled.Epoch != _pollEpoch || (_isPollDraining && !polled.IsDrained) || _history.Attempt is not { } attempt
            || attempt.Generation[polled.Task] != polled.Generation || attempt.Owner[polled.Task] != polled.Process)
        {
            return;
        }

        _polled[polled.Task] = polled;
        if (polled.IsDrained && State == CoordinatorState.Running && (_faults & ProtocolFaults.LeaveSourcesDrained) == ProtocolFaults.None)
        {
            // A predecessor was about to end the job, and nobody has told this one: the source takes nothing in until it is opened anew.
            OnRescale(new Rescale(AsItIs), nowMs);
        }
    }

    private void DecidePlan(long nowMs, ImmutableArray<JournalRows.Row>.Builder rows, List<ICoordinatorEffect> effects)
    {
        if (_pollEpoch == 0 || _history.Attempt is null)
        {
            return;
        }

        foreach (var source in _shape.Sources)
        {
            if (_polled[source] is null)
            {
                return;
            }
        }

        NoteInputFailure();

        var epoch = _pollEpoch;
        _pollEpoch = 0;
        _lastMomentMs = _pollNowMs;
        var ranges = Ranges(out var isWorthwhile);
        var takesSnapshot = IsSnapshotDue(epoch);
        isWorthwhile |= _orders.Count > 0 || (takesSnapshot && IsSavepointWanted);
        if (!isWorthwhile && _options.EmptyEpochs == EmptyEpochs.Coalesce)
        {
            _notBeforeMs = nowMs + IdlePollMs;
            return;
        }

        var plan = new EpochPlan(epoch, ranges, _pollNowMs, SeedOf(epoch), takesSnapshot, Applied(), [.. _orders]);
        if (takesSnapshot)
        {
            AssignSavepoints(plan);
        }

        _orders.Clear();
        rows.Add(new JournalRows.Planned(plan));
        if ((_faults & ProtocolFaults.ActBeforePlanDurable) != ProtocolFaults.None)
        {
            Broadcast(new ControlMessages.Run(Incarnation, plan), effects);
        }
    }

    /// <summary>An input has an error behind its last record: this plan is the last one.</summary>
    private void NoteInputFailure()
    {
        foreach (var source in _shape.Sources)
        {
            if (_polled[source]!.Failure is { } failure)
            {
                _inputFailure ??= $"Task {source}: {failure}";
            }
        }
    }

    private ImmutableArray<OffsetRange> Ranges(out bool isWorthwhile)
    {
        isWorthwhile = false;
        var ranges = new OffsetRange[_shape.Count];
        foreach (var source in _shape.Sources)
        {
            var polled = _polled[source]!;
            var last = _history.LastRange(source);
            var start = last?.End ?? polled.First;
            var wasLast = last?.IsLast ?? false;
            var isVolatile = _shape.Tasks[source].IsVolatile;
            // What lies outside and can be read again waits for the next start: a backlog is no reason to end late.
            var isOver = wasLast || (State == CoordinatorState.Draining && !_shape.Tasks[source].TakesIn);
            var end = isOver ? start : Math.Max(start, polled.End);
            var ends = polled.Finished && !isOver;
            ranges[source] = new OffsetRange(start, end, wasLast || ends, isVolatile, isOver ? null : polled.Detail);
            isWorthwhile |= end > start || ends;
        }

        return ImmutableArray.Create(ranges);
    }

    private ulong SeedOf(long epoch)
    {
        var z = _options.JobSeed + ((ulong)epoch * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private void OnPlanned(EpochPlan plan, long nowMs, List<ICoordinatorEffect> effects)
    {
        _plannedAtMs[plan.Epoch % SentWindow] = nowMs;
        effects.Add(new EpochPlanned(plan));
        Broadcast(new ControlMessages.Run(Incarnation, plan), effects);
    }

    private UnfinishedWork Unfinished()
    {
        SinkWatermark? slowest = null;
        foreach (var sink in _shape.Sinks)
        {
            if (_applied[sink] < (slowest?.Epoch ?? _history.LastCommitted))
            {
                slowest = new SinkWatermark(sink, _applied[sink]);
            }
        }

        return new UnfinishedWork(_history.LastPlanned, _history.LastCommitted, slowest);
    }

    /// <summary>Nothing is left to plan, everything planned is committed, applied, and known to every owner.</summary>
    private void DecideEnd(ImmutableArray<JournalRows.Row>.Builder rows)
    {
        if (rows.Count > 0 || !NothingToPlan || IsSavepointUnderWay || _pollEpoch != 0 || _history.Attempt is null || _history.LastCommitted < _history.LastPlanned)
        {
            return;
        }

        foreach (var sink in _shape.Sinks)
        {
            if (_applied[sink] < _history.LastCommitted)
            {
                return;
            }
        }

        foreach (var process in _processes)
        {
            if (process.Committed < _history.LastCommitted && OwnsTasks(process.Uid))
            {
                return;
            }
        }

        rows.Add(_inputFailure is { } reason ? new JournalRows.Closed(JobOutcome.Failed, reason)
            : _history.AllSourcesEnded ? new JournalRows.Closed(JobOutcome.Completed, "All sources have ended.")
            : _isRescaling && _next is { } next ? Rescaled(next)
            : new JournalRows.Closed(JobOutcome.Stopped, "Stopped on request."));
    }

    private long NextPlanningWake(long nowMs)
    {
        if (_pollEpoch != 0)
        {
            return _pollRepeatAtMs;
        }

        return MayPoll() ? Math.Max(NextMoment(nowMs), _notBeforeMs) : long.MaxValue;
    }

    /// <summary>The rows acknowledged for one epoch.</summary>
    private sealed class AckTable(long epoch, int tasks)
    {
        public long Epoch { get; } = epoch;

        public RowAddress[] Rows { get; } = new RowAddress[tasks];

        public long[] Bytes { get; } = new long[tasks];

        public WorkDone[] Work { get; } = new WorkDone[tasks];

        public bool IsComplete(ProtocolFaults faults)
        {
            var missing = 0;
            foreach (var row in Rows)
            {
                missing += row == default ? 1 : 0;
            }

            return missing <= ((faults & ProtocolFaults.CommitBeforeAllAcks) != ProtocolFaults.None ? 1 : 0);
        }
    }
}
