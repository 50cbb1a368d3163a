using Millrace.Client;
using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>A whole cluster in virtual time: real state machines, simulated journal, network, sinks, sources and faults.</summary>
internal sealed partial class SimCluster
{
    /// <summary>What a task works at each step.</summary>
    private const long StepUs = 100;

    private const long SlowTimes = 20;

    /// <summary>Far more than any run needs: something runs in circles.</summary>
    private const long EventsMax = 300_000;

    private readonly PriorityQueue<SimEvent, ulong> _queue = new(1024);
    private readonly Stack<SimEvent> _pool = new();
    private readonly Dictionary<ProcessUid, SimProcess> _byUid = [];
    private readonly SimProcess?[] _nodes;
    private readonly SimSink?[] _sinks;
    private readonly List<IWorkerEffect> _workerEffects = [];
    private readonly List<ICoordinatorEffect> _coordinatorEffects = [];
    private readonly long _sourceStepUs;
    private ulong _sequence;
    private int _readers;
    private long _completedAtUs = -1;

    public SimCluster(ulong seed, ProtocolFaults faults = ProtocolFaults.None, SimOptions? options = null, Action<string>? trace = null)
    {
        Random = new SimRandom(seed);
        Options = options ?? SimOptions.Draw(Random);
        Faults = faults;
        Trace = trace;
        Shape = SimOperator.Shape(Options);
        Journal = new SimJournal(Options.HasChunks);
        Checker = new SimChecker(Shape, Options, Journal);
        Journal.Written = OnRowWritten;
        _sinks = new SimSink?[Shape.Count];
        foreach (var sink in Shape.Sinks)
        {
            _sinks[sink] = new SimSink(sink, Checker, Options.HasForgetfulSinks);
        }

        _links = new SimLink[Shape.Count * Shape.Count];
        _nodes = new SimProcess?[Options.Nodes];
        (_scales, _leads) = (new int[Options.Nodes], new bool[Options.Nodes]);
        _cut = new bool[Options.Nodes, Options.Nodes];
        _dataCut = new bool[Options.Nodes, Options.Nodes];
        _dataCutAtUs = new long[Options.Nodes, Options.Nodes];
        _swallowed = new (SimProcess, SimProcess)?[_links.Length];
        _databaseCutUntilUs = new long[Options.Nodes];
        _sourceStepUs = Options.FaultsUntilMs * 1000 / Options.RecordsPerSource;
        ThrowChance = Options.Throw;
        for (var node = 0; node < Options.Nodes; node++)
        {
            StartProcess(node);
        }

        ScheduleFaults();
        ScheduleAsks();
        ScheduleRescales();
        if (Options.StopsAtMs > 0)
        {
            Schedule(Options.StopsAtMs * 1000, SimEventKind.Stop, null);
        }
    }

    public SimRandom Random { get; }

    public SimOptions Options { get; }

    public ProtocolFaults Faults { get; }

    public JobShape Shape { get; }

    public SimJournal Journal { get; }

    public SimChecker Checker { get; }

    public SimCounters Counters { get; } = new();

    public Action<string>? Trace { get; }

    public int ThrowChance { get; private set; }

    public long NowUs { get; private set; }

    public long NowMs => NowUs / 1000;

    /// <summary>Equal for two runs of one seed.</summary>
    public ulong TraceHash { get; private set; }

    /// <summary>Runs to the end; throws <see cref="ViolationException"/> when an invariant does not hold.</summary>
    public void Run()
    {
        while (_queue.TryDequeue(out var next, out _))
        {
            NowUs = next.AtUs;
            if (NowMs > Options.DeadlineMs || Counters.Events > EventsMax)
            {
                throw new ViolationException($"I6: not finished at {NowMs} ms; planned {Checker.LastPlanned}, committed {Checker.LastCommitted}.");
            }

            if (_completedAtUs >= 0 && NowUs > _completedAtUs + 400_000)
            {
                break;
            }

            Dispatch(next);
        }

        CheckEnd();
    }

    /// <summary>Records that a source has by now.</summary>
    public long Available(int task)
    {
        _ = task;
        return Math.Min(Options.RecordsPerSource, NowUs / _sourceStepUs);
    }

    /// <summary>A name for a source's reader that is opened now.</summary>
    public string NextReader() => (++_readers).ToString(System.Globalization.CultureInfo.InvariantCulture);

    public void TellWorker(SimProcess process, IWorkerInput input) => Schedule(TaskMoment(process), SimEventKind.ToWorker, process, input);

    private long TaskMoment(SimProcess process) => process.LastTaskCommandAtUs = Math.Max(NowUs + Random.Between(0, 400), process.LastTaskCommandAtUs + 1);

    private SimEvent Schedule(long atUs, SimEventKind kind, SimProcess? process, object? payload = null, int a = 0, int b = 0, long c = 0)
    {
        if (!_pool.TryPop(out var entry))
        {
            entry = new SimEvent();
        }

        (entry.AtUs, entry.Kind, entry.Process, entry.Payload, entry.A, entry.B, entry.C, entry.Extra) = (atUs, kind, process, payload, a, b, c, null);
        Enqueue(entry);
        return entry;
    }

    private void Enqueue(SimEvent entry) => _queue.Enqueue(entry, ((ulong)entry.AtUs << 28) | (_sequence++ & 0xFFFFFFF));

    private void Dispatch(SimEvent entry)
    {
        var process = entry.Process;
        if (process is not null)
        {
            if (process.IsDead)
            {
                _pool.Push(entry);
                return;
            }

            if (process.PausedUntilUs > NowUs)
            {
                process.Deferred.Enqueue(entry);
                return;
            }
        }

        Counters.Events++;
        TraceHash = SimRandom.Mix(TraceHash ^ (ulong)NowUs ^ ((ulong)entry.Kind << 48) ^ ((ulong)(uint)entry.A << 52) ^ ((ulong)entry.C << 40));
        if (Trace is not null && entry.Kind is not (SimEventKind.TaskRun or SimEventKind.Credit or SimEventKind.WorkerTick or SimEventKind.CandidateTick))
        {
            Trace($"{NowUs / 1000.0,10:F3} {(process is null ? "world" : $"n{process.Node}"),-5} {entry.Kind,-13} {entry.A} {entry.B} {SimText.Of(entry.Kind == SimEventKind.Item ? entry.Item : entry.Payload)}");
        }

        Handle(entry);
        _pool.Push(entry);
    }

    private void Handle(SimEvent entry)
    {
        var process = entry.Process!;
        switch (entry.Kind)
        {
            case SimEventKind.ToWorker:
                _beatNode = entry.A;
                StepWorker(process, (IWorkerInput)entry.Payload!);
                break;
            case SimEventKind.ToCandidate:
                StepCandidate(process, (ICoordinatorInput)entry.Payload!);
                break;
            case SimEventKind.WorkerTick when process.WorkerTickAtUs == entry.C:
                process.WorkerTickAtUs = -1;
                StepWorker(process, WorkerMessages.Tick.Instance);
                break;
            case SimEventKind.CandidateTick when process.CandidateTickAtUs == entry.C:
                process.CandidateTickAtUs = -1;
                StepCandidate(process, CoordinatorMessages.Tick.Instance);
                break;
            case SimEventKind.TaskCommand:
                OnTaskCommand(process, (IWorkerEffect)entry.Payload!);
                break;
            case SimEventKind.TaskRestored when process.Tasks[entry.A] == entry.Payload:
                process.Tasks[entry.A]!.Restored();
                break;
            case SimEventKind.TaskRun when process.Tasks[entry.A] == entry.Payload:
                OnTaskRun(process, process.Tasks[entry.A]!);
                break;
            case SimEventKind.Item:
                OnItem(entry);
                break;
            case SimEventKind.Credit:
                OnCredit(entry);
                break;
            case SimEventKind.LinkTold:
                StepWorker(process, (IWorkerInput)entry.Payload!);
                break;
            case SimEventKind.JournalAppend:
                OnJournalAppend(entry);
                break;
            case SimEventKind.JournalRead:
                OnJournalRead(entry);
                break;
            case SimEventKind.JournalAnswer:
                OnJournalAnswer(entry);
                break;
            case SimEventKind.JournalTrim:
                OnTrim((JournalMessages.Trim)entry.Payload!);
                break;
            case SimEventKind.SinkApply:
                OnSinkApply(entry);
                break;
            case SimEventKind.SinkRead:
                OnSinkRead(entry);
                break;
            case SimEventKind.SinkAnswer when process.Tasks[entry.A] is { } task && task == entry.Extra:
                task.StepSink((ISinkInput)entry.Payload!);
                break;
            case SimEventKind.Fault:
                Inflict(entry);
                break;
            case SimEventKind.Restart when _nodes[entry.A] is null:
                StartProcess(entry.A);
                break;
            case SimEventKind.Thaw:
                Resume((SimProcess)entry.Payload!);
                break;
            case SimEventKind.Heal:
                Heal();
                break;
            case SimEventKind.HealData:
                HealData();
                break;
            case SimEventKind.WatchData:
                WatchData();
                break;
            case SimEventKind.Stop:
                AskToStop();
                break;
            case SimEventKind.Ask:
                Ask();
                break;
            case SimEventKind.Rescale:
                AskToRescale();
                break;
            case SimEventKind.ScaleTold:
                BeginAnew(process, entry.A, leads: false);
                break;
            case SimEventKind.SavepointCopied:
                OnSavepointCopied(process, (SimSavepoint)entry.Payload!);
                break;
            case SimEventKind.Slow:
                SlowDown(entry.A);
                break;
            case SimEventKind.FaultsEnd:
                EndFaults();
                break;
        }
    }

    /// <summary>A successor does not know of the request: it is repeated until the job has ended.</summary>
    private void AskToStop()
    {
        foreach (var process in _nodes)
        {
            if (process?.Candidate?.State == CoordinatorState.Running && process.PausedUntilUs <= NowUs)
            {
                StepCandidate(process, new CoordinatorMessages.Stop(IsGraceful: true));
            }
        }

        if (_completedAtUs < 0)
        {
            Schedule(NowUs + 200_000, SimEventKind.Stop, null);
        }
    }

    private void StartProcess(int node)
    {
        var uid = new ProcessUid(Random.Next() | 1);
        var options = new WorkerOptions { HeartbeatMs = 100, LeaseMs = Options.IsEmbedded ? 0 : 500, JournalRetryMs = 20 };
        var process = new SimProcess(node, uid, new WorkerProtocol(Shape, uid, $"node-{node}", options, NowMs, Faults), Shape.Count, _scales[node]);
        _nodes[node] = process;
        _byUid.Add(uid, process);
        StartCandidate(process, isFirst: NowUs == 0);
        StepWorker(process, WorkerMessages.Tick.Instance);
        if (_leads[node])
        {
            StepCandidate(process, new CoordinatorMessages.TakeOver());
        }

        (_scales[node], _leads[node]) = (0, false);
    }

    private void StartCandidate(SimProcess process, bool isFirst = false)
    {
        var options = new CoordinatorOptions
        {
            EpochIntervalMs = Options.IntervalMs,
            MaxInflightEpochs = Options.MaxInflight,
            EmptyEpochs = Options.ShowsEmptyEpochs ? EmptyEpochs.Show : EmptyEpochs.Coalesce,
            MaxAttempts = int.MaxValue,
            LeaseMs = Options.IsEmbedded ? 0 : 500,
            SpreadAfterMs = Options.SpreadAfterMs,
            TakeoverAfterMs = Options.IsEmbedded ? 0 : isFirst ? Random.Below(60) : 500 + Random.Below(400),
            JournalRetryMs = 20,
            ExpectedProcesses = Options.Nodes,
            PlacementGraceMs = 300,
            ResumesClosedJob = false,
            JobSeed = 7,
            SnapshotEveryEpochs = Options.SnapshotEvery,
            Manifest = TextOf(process.Scale),
            IsRescaled = static (written, present) => written != present,
            StragglerEpochs = Options.StragglerEpochs,
            StragglerExcessMs = Options.StragglerEpochs,
            StragglerGraceMs = Options.StragglerGraceMs,
            StragglerRestMs = Options.StragglerRestMs,
        };
        process.Candidate = new CoordinatorProtocol(Shape, process.Uid, options, NowMs, Faults);
        process.CandidateTickAtUs = -1;
        process.Aside.Clear();
        WakeCandidate(process);
    }

    private void StepWorker(SimProcess process, IWorkerInput input)
    {
        if (process.Candidate is { } candidate && input is ControlMessages.Beat beat)
        {
            process.KnownCoordinatorNode = _beatNode;
            if (candidate.Incarnation != beat.Incarnation)
            {
                StepCandidate(process, new CoordinatorMessages.Heard(beat.Incarnation));
            }
        }

        _workerEffects.Clear();
        process.Worker.Step(input, NowMs, _workerEffects);
        foreach (var effect in _workerEffects)
        {
            if (OnWorkerEffect(process, effect))
            {
                return;
            }
        }

        var wake = process.Worker.NextWakeMs;
        if (wake != long.MaxValue && (process.WorkerTickAtUs < 0 || wake * 1000 < process.WorkerTickAtUs))
        {
            // A slow process runs in one of twenty time slices of a millisecond.
            process.WorkerTickAtUs = Math.Max(wake * 1000, NowUs + 1) + (process.SlowUntilUs > NowUs ? Random.Between(0, (SlowTimes - 1) * 1000) : 0);
            Schedule(process.WorkerTickAtUs, SimEventKind.WorkerTick, process, c: process.WorkerTickAtUs);
        }
    }

    /// <returns>True when the process is no more.</returns>
    private bool OnWorkerEffect(SimProcess process, IWorkerEffect effect)
    {
        switch (effect)
        {
            case JournalMessages.Append append:
                SubmitAppend(process, null, append);
                break;
            case JournalMessages.Read read:
                SubmitRead(process, null, read);
                break;
            case WorkerMessages.Send send:
                SendToCoordinator(process, send.Message);
                break;
            case WorkerMessages.StandDown:
                Counters.StandDowns++;
                End(process, 1 + Random.Below(60));
                return true;
            case WorkerMessages.JobEnded { Outcome: JobOutcome.Rescaled } rescaled:
                BeginAnew(process, ScaleOf(rescaled.Reason), leads: false);
                return process.IsDead;
            case WorkerMessages.JobEnded:
                break;
            default:
                Schedule(TaskMoment(process), SimEventKind.TaskCommand, process, effect);
                break;
        }

        return false;
    }

    private void StepCandidate(SimProcess process, ICoordinatorInput input)
    {
        var candidate = process.Candidate;
        if (candidate is null)
        {
            return;
        }

        _coordinatorEffects.Clear();
        var state = candidate.State;
        candidate.Step(input, NowMs, _coordinatorEffects);
        if (state == CoordinatorState.Standby && candidate.State == CoordinatorState.Opening)
        {
            Ambush(process);
        }

        foreach (var effect in _coordinatorEffects)
        {
            switch (effect)
            {
                case JournalMessages.Append append:
                    SubmitAppend(process, candidate, append);
                    break;
                case JournalMessages.Read read:
                    SubmitRead(process, candidate, read);
                    break;
                case JournalMessages.Trim trim:
                    Schedule(NowUs + Random.Between(100, 20_000), SimEventKind.JournalTrim, null, trim);
                    break;
                case CoordinatorMessages.Send send:
                    SendToProcess(process, send.Process, send.Message);
                    break;
                case CoordinatorMessages.CopySavepoint copy:
                    OnCopySavepoint(process, copy);
                    break;
                case CoordinatorMessages.Rescaled rescaled:
                    BeginAnew(process, ScaleOf(rescaled.Manifest), leads: true);
                    return;
                case CoordinatorMessages.Opened:
                    Counters.Takeovers++;
                    break;
                case CoordinatorMessages.AttemptRaised raised:
                    CheckStragglers(process, raised.Plan);
                    break;
                case CoordinatorMessages.StragglerSetAside slow:
                    OnSetAside(process, candidate.History.Attempt!, slow);
                    break;
                case CoordinatorMessages.StragglerTakenBack back:
                    process.Aside.Remove(back.Process);
                    break;
                case CoordinatorMessages.Completed or CoordinatorMessages.Stopped:
                    _completedAtUs = _completedAtUs < 0 ? NowUs : _completedAtUs;
                    break;
                case CoordinatorMessages.JobFailed failed:
                    throw new ViolationException($"The job failed: {failed.Reason}");
                case CoordinatorMessages.Fenced:
                    StartCandidate(process);
                    return;
            }
        }

        WakeCandidate(process);
    }

    private void WakeCandidate(SimProcess process)
    {
        var wake = process.Candidate!.NextWakeMs;
        if (process.Candidate.State == CoordinatorState.Standby && wake == 0)
        {
            wake = NowMs + 1;
        }

        if (wake != long.MaxValue && (process.CandidateTickAtUs < 0 || wake * 1000 < process.CandidateTickAtUs))
        {
            process.CandidateTickAtUs = Math.Max(wake * 1000, NowUs + 1);
            Schedule(process.CandidateTickAtUs, SimEventKind.CandidateTick, process, c: process.CandidateTickAtUs);
        }
    }

    private void OnTaskCommand(SimProcess process, IWorkerEffect command)
    {
        switch (command)
        {
            case WorkerMessages.StartTask start:
                var fresh = new SimTask(this, process, start);
                process.Tasks[start.Task] = fresh;
                Schedule(NowUs + Random.Between(100, 8000), SimEventKind.TaskRestored, process, fresh, start.Task);
                break;
            case WorkerMessages.DropTask drop:
                process.Tasks[drop.Task] = null;
                break;
            case WorkerMessages.AdoptTask adopt:
                Command(process, adopt.Task, command);
                break;
            case WorkerMessages.RunEpoch run:
                Command(process, run.Task, command);
                break;
            case WorkerMessages.CommitEpoch commit:
                Command(process, commit.Task, command);
                break;
            case WorkerMessages.PollOffsets poll:
                Command(process, poll.Task, command);
                break;
        }
    }

    private void Command(SimProcess process, int task, IWorkerEffect command)
    {
        process.Tasks[task]!.Command(command);
        WakeTask(process, task);
    }

    private void WakeTask(SimProcess process, int index, long afterUs = 0)
    {
        if (process.Tasks[index] is { IsRunScheduled: false } task)
        {
            task.IsRunScheduled = true;
            Schedule(Math.Max(NowUs, task.BusyUntilUs) + afterUs + Random.Between(1, 300), SimEventKind.TaskRun, process, task, index);
        }
    }

    private void OnTaskRun(SimProcess process, SimTask task)
    {
        task.IsRunScheduled = false;
        var workUs = process.SlowUntilUs > NowUs ? StepUs * SlowTimes : StepUs;
        var hasWorked = task.Run(workUs);
        task.BusyUntilUs = process.SlowUntilUs > NowUs ? NowUs + workUs : 0;
        if (hasWorked)
        {
            WakeTask(process, task.Index, Random.Below(20) == 0 ? 3000 : 0);
        }
    }

    private void CheckEnd()
    {
        if (_completedAtUs < 0)
        {
            throw new ViolationException($"I6: nothing left to happen; planned {Checker.LastPlanned}, committed {Checker.LastCommitted}.");
        }

        Counters.Epochs += Checker.LastCommitted;
        Counters.Lost += Checker.Lost;
        Checker.AtEnd(_sinks);
        CheckSavepoints();
        for (var task = 0; task < Shape.Count; task++)
        {
            var owner = _byUid[Checker.Attempt!.Owner[task]];
            // A job that ends while an attempt is under way ends its tasks too, with what the old generation had not worked off.
            if (owner.IsDead || owner.Tasks[task] is not { IsRestored: true } copy || copy.Protocol.Generation < Checker.Attempt.Generation[task])
            {
                continue;
            }

            Checker.AtEnd(copy);

            // Nor does what a thawed process sends to an older generation count: the task drops it when it runs next.
            var retained = owner.Worker.Retained + copy.Retained;
            foreach (var queue in owner.Inbox[task] ?? [])
            {
                retained += queue.Count(item => item.Generation >= copy.Protocol.Generation);
            }

            if (retained > 0)
            {
                throw new ViolationException($"I7: task {task} and its worker retain {retained} at the end.");
            }
        }
    }

    private void OnRowWritten(JournalStream stream, JournalRows.Row row)
    {
        Counters.Snapshots += row is JournalRows.Snapshotted ? 1 : 0;
        Counters.Orders += row is JournalRows.Planned(var plan) ? plan.Orders.Length : 0;
        if (row is JournalRows.Attempted)
        {
            Counters.Attempts++;
        }

        Trace?.Invoke($"{NowUs / 1000.0,10:F3} write {stream} {SimText.Of(row)}");
        Checker.OnWritten(stream, row);
    }
}
