using System.Collections.Immutable;
using static Millrace.Runtime.Protocol.ControlMessages;
using static Millrace.Runtime.Protocol.WorkerMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>One process incarnation's part: hosts tasks, writes their deltas, acknowledges, and passes decisions on.</summary>
/// <remarks>
/// <para>
/// <b>Incarnations.</b> A message of a higher incarnation raises the known one; a lower one is answered with it and otherwise
/// ignored. A takeover by itself changes nothing here, except that every uncommitted acknowledgement is repeated to the successor.
/// </para>
/// <para>
/// <b>Attempts.</b> Only a higher number is adopted. A task that this process has held without a break (<c>since</c> unchanged) stays
/// and goes to the base by its undo lists; a task whose state was lost reports so until it is to be held anew; a task held anew, even one that was held once before, starts from the named rows; a task
/// that went elsewhere is dropped.
/// </para>
/// <para>
/// <b>Rows.</b> One row per epoch with the deltas of all tasks held, written when the last of them has passed the epoch's barrier;
/// one append outstanding; an unknown outcome is looked up and the same row tried again. After an attempt the row is written again
/// under a new number, with the old deltas of the tasks that were not sent back and the new ones of those that were.
/// </para>
/// <para>
/// <b>Commits</b> are acted on in order, and only when for every task held a row of this process is named that carries the task's
/// present generation; otherwise nothing is committed and the coordinator is asked. An attempt's base commits too.
/// </para>
/// <para>
/// <b>Frozen.</b> A gap of more than half a lease between own steps means that the world may have moved on: no commit is passed on
/// until the coordinator has answered a question asked after the gap.
/// </para>
/// <para>
/// <b>Pulse.</b> It has itself woken at short intervals and adds up how late that was: a process that stands still for much of the time delays everything that
/// passes it, also where its tasks have next to nothing to do.
/// </para>
/// </remarks>
internal sealed partial class WorkerProtocol
{
    private readonly JobShape _shape;
    private readonly ProcessUid _self;
    private readonly string _node;
    private readonly WorkerOptions _options;
    private readonly HeldTask?[] _held;
    private readonly TaskFailure?[] _failures;
    private readonly List<EpochPlan> _plans = [];
    private AttemptPlan? _attempt;
    private Poll? _poll;
    private long _incarnation;
    private long _beat;
    private long _committed;
    private long _plannedThrough;
    private long _heartbeatAtMs;
    private long _pulseAtMs;
    private long _lateMs;
    private long _lastStepMs;
    private long _asks;
    private ImmutableArray<string> _unreachable = [];
    private bool _isFrozen;
    private bool _isOver;

    public WorkerProtocol(
        JobShape shape, ProcessUid self, string node, WorkerOptions options, long nowMs, ProtocolFaults faults = ProtocolFaults.None)
    {
        _shape = shape;
        _self = self;
        _node = node;
        _options = options;
        _held = new HeldTask?[shape.Count];
        _failures = new TaskFailure?[shape.Count];
        _heartbeatAtMs = _lastStepMs = nowMs;
        _pulseAtMs = options.LeaseMs > 0 ? nowMs + options.PulseMs : long.MaxValue;
        var unknownIsSuccess = (faults & ProtocolFaults.UnknownWriteIsSuccess) != ProtocolFaults.None;
        _rowWriter = new RowAppender(JournalStream.Process(self), options.JournalRetryMs, IsSameRow, unknownIsSuccess);
        _imageWriter = new RowAppender(JournalStream.Snapshots(self), options.JournalRetryMs, IsSameImage, unknownIsSuccess);
    }

    /// <value>When the next <see cref="Tick"/> is due; changes with every step.</value>
    public long NextWakeMs => _isOver ? long.MaxValue : Math.Min(Math.Min(_heartbeatAtMs, _pulseAtMs), Math.Min(_rowWriter.RetryAtMs, _imageWriter.RetryAtMs));

    /// <value>The attempt adopted last; 0 for none.</value>
    public int Attempt => _attempt?.Number ?? 0;

    /// <value>Who holds what: where the shell sends items to. Null before the first attempt.</value>
    public AttemptPlan? CurrentAttempt => _attempt;

    public long Committed => _committed;

    /// <value>Whether it has a place in the job, and every task that it holds is ready; a process that is alone holds them all.</value>
    public bool IsUp => _attempt is not null && Array.TrueForAll(_held, task => task is null ? _options.LeaseMs > 0 : task.IsReady);

    /// <value>It has stood still, and does not know yet what it has missed.</value>
    public bool IsFrozen => _isFrozen;

    /// <value>Deltas and rows that wait for their commit.</value>
    public int Retained => _rows.Count + _held.Sum(h => h?.Deltas.Count ?? 0);

    public void Step(IWorkerInput input, long nowMs, List<IWorkerEffect> effects)
    {
        if (_isOver)
        {
            return;
        }

        if (_options.LeaseMs > 0 && nowMs - _lastStepMs > _options.LeaseMs / 2)
        {
            _isFrozen = true;
            _asks++;
            SendHeartbeat(nowMs, effects);
        }

        _lastStepMs = nowMs;
        switch (input)
        {
            case ToProcess message:
                OnMessage(message, nowMs, effects);
                break;
            case Tick:
                OnTick(nowMs, effects);
                break;
            case JournalMessages.Appended appended:
                OnWritten(WriterOf(appended.Stream), WriterOf(appended.Stream).OnAppended(appended, nowMs, effects), effects);
                break;
            case JournalMessages.RowsRead read:
                OnWritten(WriterOf(read.Stream), WriterOf(read.Stream).OnRowsRead(read, effects), effects);
                break;
            case JournalMessages.ReadFailed failed:
                WriterOf(failed.Stream).OnReadFailed(failed, nowMs);
                break;
            case NodesUnreachable found:
                _unreachable = found.Nodes;
                SendHeartbeat(nowMs, effects);
                break;
            default:
                OnTask(input, effects);
                break;
        }

        if (!_isOver)
        {
            WriteNextRow(effects);
            WriteNextImage(effects);
        }
    }

    private void OnMessage(ToProcess message, long nowMs, List<IWorkerEffect> effects)
    {
        if (message.Incarnation < _incarnation)
        {
            SendHeartbeat(nowMs, effects);
            return;
        }

        if (message.Incarnation > _incarnation)
        {
            _incarnation = message.Incarnation;
            _beat = 0;
            SendHeartbeat(nowMs, effects);
        }

        switch (message)
        {
            case Beat beat:
                _beat = Math.Max(_beat, beat.Number);
                _isFrozen &= beat.Answers != _asks;
                break;
            case ControlMessages.Attempt attempt:
                OnAttempt(attempt, nowMs, effects);
                break;
            case Run run:
                OnRun(run.Plan, effects);
                break;
            case Commit commit:
                OnCommit(commit.Epoch, nowMs, effects);
                break;
            case Poll poll:
                OnPoll(poll, effects);
                break;
            case SnapshotNamed named:
                DropImagesThrough(named.Epoch);
                break;
            case References references:
                OnReferences(references, effects);
                break;
            case ControlMessages.StandDown:
                End(new WorkerMessages.StandDown("This process was declared dead."), effects);
                break;
            case JobClosed closed:
                End(new JobEnded(closed.Outcome, closed.Reason), effects);
                break;
        }
    }

    private void OnTick(long nowMs, List<IWorkerEffect> effects)
    {
        if (nowMs >= _heartbeatAtMs)
        {
            SendHeartbeat(nowMs, effects);
        }

        if (nowMs >= _pulseAtMs)
        {
            _lateMs += nowMs - _pulseAtMs;
            _pulseAtMs = nowMs + _options.PulseMs;
        }

        _rowWriter.OnTick(nowMs, effects);
        _imageWriter.OnTick(nowMs, effects);
    }

    private void OnTask(IWorkerInput input, List<IWorkerEffect> effects)
    {
        switch (input)
        {
            case TaskReady ready when Holds(ready.Task, ready.Generation) is { IsReady: false, IsStateLost: false } task:
                task.IsReady = true;
                foreach (var plan in _plans)
                {
                    effects.Add(RunEpochOf(ready.Task, plan));
                }

                if (_shape.Tasks[ready.Task].IsSource && _poll is { } poll && poll.Epoch > _plannedThrough)
                {
                    effects.Add(new PollOffsets(ready.Task, poll.Epoch, poll.NowMs, poll.IsDraining));
                }

                break;
            case EpochCompleted completed when Holds(completed.Task, completed.Generation) is { IsStateLost: false } task:
                task.Deltas.Add(new HeldDelta(completed.Epoch, completed.Delta, completed.Bytes, completed.Work));
                break;
            case ImageTaken taken when Holds(taken.Task, taken.Generation) is { IsStateLost: false }:
                OnImageTaken(taken);
                break;
            case RestoreFailed failed when _held[failed.Task] is { IsReady: false } task && failed.Generation >= task.Since:
                OnRestoreFailed(failed, task, effects);
                break;
            case WorkerMessages.TaskFailed { Kind: FailureKind.TaskAndState } failed:
                OnStateLost(failed, effects);
                break;
            case WorkerMessages.TaskFailed failed when Holds(failed.Task, failed.Generation) is not null:
                Report(new TaskFailure(failed.Task, failed.Generation, failed.Reason, failed.Kind), effects);
                break;
            case ChannelBroken broken when _attempt is null || broken.Generation >= _attempt.Generation[broken.Receiver]:
                Report(new TaskFailure(broken.Receiver, broken.Generation, broken.Reason, FailureKind.Channel), effects);
                break;
            case WorkerMessages.SinkApplied applied when _held[applied.Task] is { } task:
                task.Applied = applied.Epoch;
                effects.Add(new Send(new ControlMessages.SinkApplied(_self, new SinkWatermark(applied.Task, applied.Epoch))));
                break;
            case WorkerMessages.OffsetsPolled polled when Holds(polled.Task, polled.Generation) is not null:
                effects.Add(new Send(new ControlMessages.OffsetsPolled(
                    _self, polled.Task, polled.Generation, polled.Epoch, polled.End, polled.IsFinished, polled.First, polled.Detail, polled.IsDrained, polled.Failure)));
                break;
        }
    }

    /// <summary>
    /// The report may cross an adoption: it concerns the copy, whatever generation this copy has been told of since. Copies are
    /// told apart by the attempt from which they are held.
    /// </summary>
    private void OnStateLost(WorkerMessages.TaskFailed failed, List<IWorkerEffect> effects)
    {
        if (_held[failed.Task] is { } held && failed.Generation >= held.Since)
        {
            held.IsStateLost = true;
            held.IsReady = false;
            Report(new TaskFailure(failed.Task, held.Generation, failed.Reason, failed.Kind), effects);
        }
    }

    private void OnRestoreFailed(RestoreFailed failed, HeldTask held, List<IWorkerEffect> effects)
    {
        held.Missed = failed.Reason;
        WantReferences(failed.Task, held, effects);
    }

    private void WantReferences(int task, HeldTask held, List<IWorkerEffect> effects)
    {
        if (held.Missed is { } reason)
        {
            effects.Add(new Send(new ReferencesWanted(_self, task, held.Generation, held.SnapshotEpoch, reason)));
        }
    }

    private void OnReferences(References message, List<IWorkerEffect> effects)
    {
        var task = message.Task.Task;
        if (_attempt is { } attempt && Holds(task, message.Generation) is { Missed: not null } held)
        {
            held.Missed = null;
            Start(task, held, attempt, message.Task, effects);
        }
    }

    private void Start(int task, HeldTask held, AttemptPlan attempt, TaskReferences references, List<IWorkerEffect> effects)
    {
        held.SnapshotEpoch = references.Image?.Epoch ?? 0;
        effects.Add(new StartTask(task, held.Generation, attempt.Base, references, ConsumerGenerations(task, attempt)));
    }

    private HeldTask? Holds(int task, int generation) => _held[task] is { } held && held.Generation == generation ? held : null;

    private void Report(TaskFailure failure, List<IWorkerEffect> effects)
    {
        if (_failures[failure.Task] is { } known && known.Generation >= failure.Generation && known.Kind >= failure.Kind)
        {
            return;
        }

        _failures[failure.Task] = failure;
        effects.Add(new Send(new ControlMessages.TaskFailed(_self, failure)));
    }

    private void OnAttempt(ControlMessages.Attempt message, long nowMs, List<IWorkerEffect> effects)
    {
        var plan = message.Plan;
        if (plan.Number < Attempt)
        {
            return;
        }

        if (plan.Number == Attempt)
        {
            SendHeartbeat(nowMs, effects);
            return;
        }

        if (plan.Dead.Contains(_self))
        {
            End(new WorkerMessages.StandDown("This process was declared dead."), effects);
            return;
        }

        _attempt = plan;
        for (var task = 0; task < _held.Length; task++)
        {
            if (_failures[task] is { } failure && failure.Generation < plan.Generation[task])
            {
                _failures[task] = null;
            }

            AdoptTaskOf(task, plan, message.References, effects);
        }

        Forget(plan.Base);
        SendHeartbeat(nowMs, effects);
    }

    private void AdoptTaskOf(int task, AttemptPlan plan, ImmutableArray<TaskReferences> references, List<IWorkerEffect> effects)
    {
        var held = _held[task];
        if (plan.Owner[task] != _self)
        {
            _held[task] = null;
            if (held is not null)
            {
                DropImagesBehind(task, plan.Base);
                effects.Add(new DropTask(task));
            }

            return;
        }

        var generation = plan.Generation[task];
        if (held is null || held.Since != plan.Since[task])
        {
            _held[task] = held = new HeldTask(generation, plan.Since[task]);
            DropImagesBehind(task, plan.Base);
            Start(task, held, plan, ReferencesOf(task, references), effects);
            return;
        }

        if (held.Generation != generation)
        {
            held.Generation = generation;
            held.IsReady = false;
            held.Deltas.Clear();
            DropImagesBehind(task, plan.Base);
        }

        if (held.IsStateLost)
        {
            // Sent back for another reason, or before the report arrived: there is nothing here that could go back.
            Report(new TaskFailure(task, generation, "The task's state is lost.", FailureKind.TaskAndState), effects);
            return;
        }

        if (held.Missed is not null)
        {
            // There is no copy that could adopt.
            WantReferences(task, held, effects);
            return;
        }

        effects.Add(new AdoptTask(task, generation, plan.Base, ConsumerGenerations(task, plan)));
    }

    private static TaskReferences ReferencesOf(int task, ImmutableArray<TaskReferences> references)
    {
        foreach (var candidate in references)
        {
            if (candidate.Task == task)
            {
                return candidate;
            }
        }

        throw new InvalidOperationException($"Task {task} is to be restored, and no references came with the attempt.");
    }

    private ImmutableArray<int> ConsumerGenerations(int task, AttemptPlan plan)
    {
        var downstream = _shape.Tasks[task].Downstream;
        var generations = ImmutableArray.CreateBuilder<int>(downstream.Length);
        foreach (var consumer in downstream)
        {
            generations.Add(plan.Generation[consumer]);
        }

        return generations.MoveToImmutable();
    }

    private void OnRun(EpochPlan plan, List<IWorkerEffect> effects)
    {
        if (_attempt is null || plan.Epoch != _plannedThrough + 1)
        {
            return;
        }

        _plannedThrough = plan.Epoch;
        _plans.Add(plan);
        if (plan.TakesSnapshot)
        {
            // A newer snapshot is planned only when the one before is named or given up.
            DropImagesThrough(plan.Epoch - 1);
        }

        for (var task = 0; task < _held.Length; task++)
        {
            if (_held[task] is { IsReady: true })
            {
                effects.Add(RunEpochOf(task, plan));
            }
        }
    }

    private static RunEpoch RunEpochOf(int task, EpochPlan plan) => new(task, plan.Epoch, plan.Ranges[task], plan.NowMs, plan.Seed, plan.Orders, plan.TakesSnapshot);

    private void OnPoll(Poll poll, List<IWorkerEffect> effects)
    {
        _poll = poll;
        foreach (var task in _shape.Sources)
        {
            if (_held[task] is { IsReady: true })
            {
                effects.Add(new PollOffsets(task, poll.Epoch, poll.NowMs, poll.IsDraining));
            }
        }
    }

    private void OnCommit(CommittedEpoch epoch, long nowMs, List<IWorkerEffect> effects)
    {
        if (_attempt is null || _isFrozen || epoch.Epoch <= _committed || epoch.Previous != _committed)
        {
            return;
        }

        if (!IsNamed(epoch))
        {
            SendHeartbeat(nowMs, effects);
            return;
        }

        for (var task = 0; task < _held.Length; task++)
        {
            if (_held[task] is { IsStateLost: false })
            {
                effects.Add(new CommitEpoch(task, epoch.Epoch, epoch.Previous));
            }
        }

        Forget(epoch.Epoch);
        if (_plans.Count == 0)
        {
            SendHeartbeat(nowMs, effects);
        }
    }

    /// <summary>Everything up to an epoch is history.</summary>
    private void Forget(long committed)
    {
        if (committed <= _committed)
        {
            return;
        }

        // A process without tasks may hear of the commit before the plan: the plan is of no use any more.
        _committed = committed;
        _plannedThrough = Math.Max(_plannedThrough, committed);
        _plans.RemoveAll(p => p.Epoch <= committed);
        _rows.RemoveAll(r => r.Epoch <= committed);
        foreach (var held in _held)
        {
            held?.Deltas.RemoveAll(d => d.Epoch <= committed);
        }
    }

    private void End(IWorkerEffect last, List<IWorkerEffect> effects)
    {
        _isOver = true;
        effects.Add(last);
    }

    private void SendHeartbeat(long nowMs, List<IWorkerEffect> effects)
    {
        _heartbeatAtMs = nowMs + _options.HeartbeatMs;
        var acks = ImmutableArray.CreateBuilder<TaskAck>();
        var failures = ImmutableArray.CreateBuilder<TaskFailure>();
        var applied = ImmutableArray.CreateBuilder<SinkWatermark>();
        for (var task = 0; task < _held.Length; task++)
        {
            if (_failures[task] is { } failure)
            {
                failures.Add(failure);
            }

            if (_held[task] is { } held)
            {
                AddAcks(task, held, acks);
                WantReferences(task, held, effects);
                if (held.Applied >= 0 && _shape.Tasks[task].IsSink)
                {
                    applied.Add(new SinkWatermark(task, held.Applied));
                }
            }
        }

        effects.Add(new Send(new Heartbeat(
            _self, _node, _incarnation, _beat, Attempt, _plannedThrough, _committed,
            acks.ToImmutable(), failures.ToImmutable(), applied.ToImmutable(), _isFrozen ? _asks : 0, WrittenImages(),
            _unreachable, _lateMs, _options.TakesTasks)));
    }

    private sealed class HeldTask(int generation, int since)
    {
        public int Generation { get; set; } = generation;

        public int Since { get; } = since;

        public bool IsReady { get; set; }

        /// <value>Only a start from the named rows helps, whatever attempts come before it.</value>
        public bool IsStateLost { get; set; }

        /// <value>The last snapshot in the references that it was started from; 0 without one.</value>
        public long SnapshotEpoch { get; set; }

        /// <value>What its restore missed: it waits to be started again. Null: nothing.</value>
        public string? Missed { get; set; }

        public long Applied { get; set; } = -1;

        /// <value>Of uncommitted epochs, in order.</value>
        public List<HeldDelta> Deltas { get; } = [];
    }

    private sealed class HeldDelta(long epoch, object? delta, long bytes, WorkDone work)
    {
        public long Epoch { get; } = epoch;

        public object? Delta { get; } = delta;

        public long Bytes { get; } = bytes;

        public WorkDone Work { get; } = work;

        /// <value>The last row that holds it; 0 for none.</value>
        public long Row { get; set; }
    }
}
