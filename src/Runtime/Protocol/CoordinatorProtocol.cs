using System.Collections.Immutable;
using System.Diagnostics;
using static Millrace.Runtime.Protocol.ControlMessages;
using static Millrace.Runtime.Protocol.CoordinatorMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>Plans, commits and recovers the epochs of one job. Several candidates may run at once; the journal decides who rules.</summary>
/// <remarks>
/// <code>
/// Standby ─► Opening ─► Running ─► Draining ─► Stopped
///    ▲          │          │           │
///    └─ lost ───┴──────────┴─ Fenced ◄─┘
/// </code>
/// <para>
/// <b>Standby</b>: silent; takes over when told, or when no beat was heard for a while. <b>Opening</b>: takes the next row of the
/// lease stream by compare-and-set (its number is the incarnation), seals every predecessor's stream, the empty ones too, only then
/// folds them all and opens its own. <b>Running</b>: decides. <b>Draining</b>: a graceful stop; one last poll of sources that take in by themselves, then everything
/// planned is committed and applied; or a rescale, which is the same and names a successor's tasks. <b>Stopped</b>: answers with the outcome. <b>Fenced</b>: another one rules; dead.
/// </para>
/// <para>
/// <b>Writes.</b> One append is outstanding; nothing is decided before its outcome is known, and nothing is told before it is
/// durable. Unknown: the stream is read again; the own row there means success, a seal means fenced, nothing there means that the
/// same rows are tried again. The rows of one moment go in one append, commits before attempt before plan. The stream's tail is
/// read again every half lease, so that an idle coordinator learns that it was sealed.
/// </para>
/// <para>
/// <b>Plans.</b> At each planning moment the sources are polled; the ranges continue the previous plan's. What users have ordered since is part of the plan. Epochs that are planned
/// but not committed and applied by every sink are bounded. <b>Commits</b>: in order, when every task has acknowledged from its
/// present owner at its present generation. <b>Attempts</b>: the lost tasks and all that is connected with them go back to the last
/// committed epoch; tasks of dead processes move to the least loaded survivors, others stay where they are.
/// </para>
/// <para>
/// <b>Leases.</b> A process lives as long as its heartbeats echo recent beats: the lease counts from when the echoed beat was sent. A new uid at
/// a node is the death of the old one. A wrong suspicion costs work, never correctness. Everything told is repeated until heartbeats
/// show that it has arrived.
/// </para>
/// </remarks>
internal sealed partial class CoordinatorProtocol
{
    private readonly JobShape _shape;
    private readonly ProcessUid _self;
    private readonly CoordinatorOptions _options;
    private readonly ProtocolFaults _faults;
    private readonly CoordinatorHistory _history;
    private JournalStream _stream;
    private long _nextNumber = 1;
    private ImmutableArray<JournalRows.Row> _writing = [];
    private string _writingReason = "";
    private long _request;
    private long _lookUpRequest;
    private long _tailRequest;
    private long _tailAtMs;
    private bool _isReading;
    private bool _hasHeard;
    private long _retryAtMs = long.MaxValue;
    private long _lastStepMs;

    public CoordinatorProtocol(
        JobShape shape, ProcessUid self, CoordinatorOptions options, long nowMs, ProtocolFaults faults = ProtocolFaults.None)
    {
        _shape = shape;
        _self = self;
        _options = options;
        _faults = faults;
        _history = new CoordinatorHistory(shape, options.CommitsKept);
        _lastStepMs = nowMs;
        NextWakeMs = _takeoverAtMs = nowMs + options.TakeoverAfterMs;
        _failures = new ControlMessages.TaskFailure?[shape.Count];
        _applied = new long[shape.Count];
        _images = new WrittenImage[shape.Count];
        _polled = new ControlMessages.OffsetsPolled?[shape.Count];
    }

    public CoordinatorState State { get; private set; }

    public long Incarnation { get; private set; }

    public CoordinatorHistory History => _history;

    /// <value>When the next <see cref="Tick"/> is due; changes with every step.</value>
    public long NextWakeMs { get; private set; }

    private bool Rules => State is CoordinatorState.Running or CoordinatorState.Draining;

    private bool LeasesOn => _options.LeaseMs > 0;

    public void Step(ICoordinatorInput input, long nowMs, List<ICoordinatorEffect> effects)
    {
        if (Rules && LeasesOn && nowMs - _lastStepMs > _options.LeaseMs / 2)
        {
            OnThawed(nowMs);
        }

        _lastStepMs = nowMs;
        switch (input)
        {
            // What is still on its way to one that has ended is void.
            case JournalMessages.Appended or JournalMessages.RowsRead or JournalMessages.ReadFailed when State is CoordinatorState.Stopped or CoordinatorState.Fenced:
                break;
            case JournalMessages.Appended appended:
                OnAppended(appended, nowMs, effects);
                break;
            case JournalMessages.RowsRead read:
                OnRowsRead(read, nowMs, effects);
                break;
            case JournalMessages.ReadFailed failed:
                OnReadFailed(failed, nowMs, effects);
                break;
            case Tick:
                OnTick(nowMs, effects);
                break;
            case TakeOver when State == CoordinatorState.Standby:
                TakeLease(effects);
                break;
            case Heard heard:
                OnHeard(heard.Incarnation, nowMs, effects);
                break;
            case Stop stop:
                OnStop(stop, nowMs, effects);
                break;
            case Order order:
                _orders.Add(order.Text);
                break;
            case TakeSavepoint savepoint:
                OnTakeSavepoint(savepoint);
                break;
            case SavepointCopied:
                _savepointsCopied--;
                break;
            case Rescale rescale when State == CoordinatorState.Running:
                OnRescale(rescale, nowMs);
                break;
            case Fitted fitted:
                OnFitted(fitted);
                break;
            case ProcessLost lost:
                OnProcessLost(lost.Process);
                break;
            case ControlMessages.ToCoordinator message when Rules || State == CoordinatorState.Stopped:
                OnMessage(message, nowMs, effects);
                break;
        }

        if (Rules && _writing.IsEmpty)
        {
            Decide(nowMs, effects);
        }

        NextWakeMs = NextWake(nowMs);
    }

    private void OnTick(long nowMs, List<ICoordinatorEffect> effects)
    {
        if (State == CoordinatorState.Standby && nowMs >= _takeoverAtMs)
        {
            TakeLease(effects);
        }

        if (nowMs >= _retryAtMs)
        {
            _retryAtMs = long.MaxValue;
            ReadAgain(effects);
        }

        if (Rules)
        {
            Beat(nowMs, effects);
            RepeatPoll(nowMs, effects);
            ReadTail(nowMs, effects);
        }
    }

    private void OnHeard(long incarnation, long nowMs, List<ICoordinatorEffect> effects)
    {
        _lastStepMs = nowMs;
        _hasHeard = true;
        _takeoverAtMs = nowMs + _options.TakeoverAfterMs;
        if (Incarnation > 0 && incarnation > Incarnation)
        {
            Fence(effects);
        }
    }

    private void OnStop(Stop stop, long nowMs, List<ICoordinatorEffect> effects)
    {
        if (State is CoordinatorState.Stopped or CoordinatorState.Fenced)
        {
            return;
        }

        if (!stop.IsGraceful || !Rules)
        {
            effects.Add(new Stopped(Rules ? Unfinished() : null));
            State = CoordinatorState.Stopped;
        }
        else if (State == CoordinatorState.Running)
        {
            Drain(nowMs);
        }
        else
        {
            // What was to be rescaled ends instead.
            _isRescaling = false;
        }
    }

    private void Drain(long nowMs)
    {
        State = CoordinatorState.Draining;
        // What sources have taken in is worked off. A poll that runs is let run: its late answers must not be taken for the last one's.
        _isLastPollDue = _shape.Sources.Any(source => _shape.Tasks[source].TakesIn);
        _drainingSinceMs = nowMs;
    }

    private void Fence(List<ICoordinatorEffect> effects)
    {
        if (State is CoordinatorState.Fenced or CoordinatorState.Stopped)
        {
            return;
        }

        State = CoordinatorState.Fenced;
        effects.Add(new Fenced());
    }

    /// <summary>The job can't go on from what is there: nothing is changed.</summary>
    private void GiveUp(string reason, List<ICoordinatorEffect> effects)
    {
        State = CoordinatorState.Stopped;
        effects.Add(new JobFailed(reason));
    }

    private void Append(ImmutableArray<JournalRows.Row> rows, List<ICoordinatorEffect> effects)
    {
        _writing = rows;
        effects.Add(new JournalMessages.Append(_stream, _nextNumber, rows));
    }

    private void OnAppended(JournalMessages.Appended appended, long nowMs, List<ICoordinatorEffect> effects)
    {
        if (_writing.IsEmpty || _isReading || appended.Stream != _stream || appended.FirstNumber != _nextNumber)
        {
            return;
        }

        if (appended.Outcome == AppendOutcome.Ok
            || (appended.Outcome == AppendOutcome.Unknown && (_faults & ProtocolFaults.UnknownWriteIsSuccess) != ProtocolFaults.None))
        {
            OnDurable(appended.NextNumber, nowMs, effects);
        }
        else
        {
            _isReading = true;
            if (appended.Outcome == AppendOutcome.Conflict)
            {
                ReadAgain(effects);
            }
            else
            {
                _retryAtMs = nowMs + _options.JournalRetryMs;
            }
        }
    }

    private void ReadAgain(List<ICoordinatorEffect> effects)
    {
        _isReading = true;
        _lookUpRequest = ++_request;
        effects.Add(new JournalMessages.Read(_stream, _nextNumber, _lookUpRequest));
    }

    private void ReadTail(long nowMs, List<ICoordinatorEffect> effects)
    {
        if (LeasesOn && nowMs >= _tailAtMs && _writing.IsEmpty)
        {
            _tailAtMs = nowMs + (_options.LeaseMs / 2);
            _tailRequest = ++_request;
            effects.Add(new JournalMessages.Read(_stream, _nextNumber, _tailRequest));
        }
    }

    private void OnReadFailed(JournalMessages.ReadFailed failed, long nowMs, List<ICoordinatorEffect> effects)
    {
        if (!_isReading || failed.Request != _lookUpRequest)
        {
            return;
        }

        if (failed.Reason is { } reason)
        {
            GiveUp(reason, effects);
        }
        else
        {
            _retryAtMs = nowMs + _options.JournalRetryMs;
        }
    }

    private void OnRowsRead(JournalMessages.RowsRead read, long nowMs, List<ICoordinatorEffect> effects)
    {
        if (read.Request == _tailRequest)
        {
            OnTail(read, effects);
            return;
        }

        if (!_isReading || read.Request != _lookUpRequest)
        {
            return;
        }

        _isReading = false;
        if (State == CoordinatorState.Opening && OnOpeningRowsRead(read, effects))
        {
            return;
        }

        if (read.Rows.IsEmpty)
        {
            Append(_writing, effects);
        }
        else if (read.Rows[0].Row is JournalRows.Sealed)
        {
            Fence(effects);
        }
        else
        {
            // Rows of one append are written together: all of them are there.
            OnDurable(read.Rows[_writing.Length - 1].NextNumber, nowMs, effects);
        }
    }

    /// <summary>Says only whether there is a seal: what it shows may be older than the append whose outcome is being looked up.</summary>
    private void OnTail(JournalMessages.RowsRead read, List<ICoordinatorEffect> effects)
    {
        foreach (var row in read.Rows)
        {
            if (row.Row is JournalRows.Sealed && Rules)
            {
                Fence(effects);
                return;
            }
        }
    }

    private void OnDurable(long nextNumber, long nowMs, List<ICoordinatorEffect> effects)
    {
        Debug.Assert(!_writing.IsEmpty && !_isReading && _retryAtMs == long.MaxValue);
        var rows = _writing;
        var firstNumber = _nextNumber;
        _writing = [];
        _nextNumber = nextNumber;
        if (State == CoordinatorState.Opening)
        {
            OnOpeningDurable(nowMs, effects);
            return;
        }

        foreach (var row in rows)
        {
            if (row is JournalRows.Snapshotted snapshotted)
            {
                // It is the first row of its append: its number is known whatever the rows' sizes.
                var before = _history.Image();
                _history.Apply(row);
                OnSnapshotted(snapshotted, firstNumber, before, effects);
                continue;
            }

            _history.Apply(row);
            switch (row)
            {
                case JournalRows.Planned(var plan):
                    OnPlanned(plan, nowMs, effects);
                    break;
                case JournalRows.Committed(var epoch):
                    OnCommitted(epoch, nowMs, effects);
                    break;
                case JournalRows.Attempted(var attempt):
                    OnAttempted(attempt, nowMs, effects);
                    break;
                case JournalRows.Closed closed:
                    Close(closed, effects);
                    break;
            }
        }
    }

    private void Close(JournalRows.Closed closed, List<ICoordinatorEffect> effects)
    {
        State = CoordinatorState.Stopped;
        foreach (var process in _processes)
        {
            effects.Add(new Send(process.Uid, new ControlMessages.JobClosed(Incarnation, closed.Outcome, closed.Reason)));
        }

        effects.Add(closed.Outcome switch
        {
            JobOutcome.Completed => new Completed(),
            JobOutcome.Stopped => new Stopped(),
            JobOutcome.Rescaled => new Rescaled(closed.Reason, _processes.Count),
            _ => new JobFailed(closed.Reason),
        });
    }

    private long NextWake(long nowMs)
    {
        if (State is CoordinatorState.Fenced or CoordinatorState.Stopped)
        {
            return long.MaxValue;
        }

        if (State == CoordinatorState.Standby)
        {
            return _takeoverAtMs;
        }

        var next = _retryAtMs;
        if (Rules)
        {
            next = LeasesOn ? Math.Min(next, Math.Min(_beatAtMs, _tailAtMs)) : next;
            next = Math.Min(next, NextPlanningWake(nowMs));
        }

        return Math.Max(next, nowMs + 1);
    }
}
