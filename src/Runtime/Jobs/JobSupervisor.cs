using System.Collections.Immutable;
using Akka.Actor;
using Millrace.Client;
using Millrace.Data;
using Millrace.Planning;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Executors;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <summary>One job: parent of its coordinator, its worker and its executors' supervisor. Child of <see cref="JobManager"/>.</summary>
/// <remarks>
/// <para>Running → (all committed) Finishing → Ended. A job that is rescaled: Running → (all committed) Rescaling → (former tasks have ended) Running, with other tasks under another coordinator.</para>
/// Watches how long each task and each executor has been inside one call: when the time-out is over, the job fails and names the operator.
/// The hanging thread can't be ended; it goes with the job's own dispatcher, which no other job uses.
/// </remarks>
internal sealed class JobSupervisor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan StopAgain = TimeSpan.FromMilliseconds(300);

    private readonly List<object> _early = [];
    private JobSpec _spec;
    private TaskActivity[] _activities = [];
    private IActorRef _coordinator = ActorRefs.Nobody;
    private IActorRef _worker = ActorRefs.Nobody;
    private string _dispatcher = "";
    private JobState? _outcome;
    private bool _isGraceful;
    private Rescaled? _rescaled;
    private int _ending;
    private int _workers;
    private int _coordinators;

    /// <summary>From the journal: it has not answered for too long.</summary>
    internal sealed record GiveUp(string Reason);

    /// <summary>From the handle: end the job, in every process.</summary>
    internal sealed record Stop(bool IsGraceful);

    /// <summary>From the coordinator, here or of another process, or from another node: the job goes on at another scale.</summary>
    /// <param name="Scale">What it is given.</param>
    /// <param name="Leads">Whether this process is to coordinate it.</param>
    /// <param name="Processes">How many others and this one have a part in it; null where that is not known.</param>
    /// <param name="Asked">What the coordinator was asked and has not answered.</param>
    internal sealed record Rescaled(JobScale Scale, bool Leads, int? Processes, ImmutableArray<EpochCoordinator.Asked> Asked)
    {
        public static Rescaled To(JobScale scale) => new(scale, Leads: false, null, []);
    }

    /// <summary>From the handle: this process takes no further part; others go on.</summary>
    internal sealed record Leave;

    private sealed record Watch
    {
        public static readonly Watch Instance = new();
    }

    public JobSupervisor(JobSpec spec) => _spec = spec;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(JobSpec spec) => Akka.Actor.Props.Create(() => new JobSupervisor(spec));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        cause =>
        {
            End(JobState.Failed, $"internal error: {UserText.Of(cause)}", cause);
            return Directive.Stop;
        });

    protected override void PreStart()
    {
        var self = Self;
        _spec.Handle.OnStop(graceful => self.Tell(new Stop(graceful), ActorRefs.NoSender));
        _spec.Handle.OnAsk(message => self.Tell(message, ActorRefs.NoSender));
        if (_spec.Journal is SqlJournal journal)
            journal.GaveUp += reason => self.Tell(new GiveUp(reason), ActorRefs.NoSender);
        _dispatcher = _spec.Dispatchers.Take();
        Begin();
        Context.ActorOf(
            ExecutorSupervisor.Props(_spec.Executors, _spec.Settings.Job, _spec.ExecutorDispatchers.Take, _spec.ExecutorDispatchers.Return, _spec.Settings.Logger), "executors");
        var often = TimeSpan.FromMilliseconds(Math.Clamp(_spec.TaskTimeout.TotalMilliseconds / 10, 5, 250));
        Timers.StartPeriodicTimer(Watch.Instance, Watch.Instance, often);
    }

    private void Begin()
    {
        _activities = [.. Enumerable.Range(0, _spec.Settings.Topology.Count).Select(_ => new TaskActivity())];
        _spec.Network?.Attach(Self);
        var uid = StartWorker();
        _coordinator = Context.ActorOf(EpochCoordinator.Props(_spec, uid, _worker), $"coordinator-{++_coordinators}");
    }

    /// <summary>This process takes part, as one that nobody has heard of before.</summary>
    private ProcessUid StartWorker()
    {
        var uid = new ProcessUid(unchecked((ulong)Random.Shared.NextInt64(1, long.MaxValue)));
        _spec.Handle.OnJoined(uid, _spec.Settings.Topology.Shape);
        _worker = Context.ActorOf(
            WorkerActor.Props(_spec.Settings, uid, _spec.Journal, _activities, _dispatcher, _spec.Clock, _spec.Network), $"worker-{++_workers}");
        return uid;
    }

    // The host may end before the job does; nobody should wait for it for ever.
    protected override void PostStop()
    {
        _spec.Handle.End(JobState.Stopped);

        // Children have ended before their parent does; a task that hangs keeps this from ever being reached.
        _spec.Dispatchers.Return(_dispatcher);
        _spec.Ended();
    }

    protected override void OnReceive(object message)
    {
        if (message is CoordinatorMessages.Completed or CoordinatorMessages.Stopped or CoordinatorMessages.JobFailed or WorkerMessages.JobEnded)
            _spec.Handle.OnOver();
        switch (message)
        {
            case Rescaled rescaled:
                OnRescaled(rescaled);
                break;
            case Terminated when _rescaled is not null:
                OnFormerEnded();
                break;
            case Stop { IsGraceful: true } or CoordinatorMessages.Stop { IsGraceful: true } or CoordinatorMessages.ProcessLost or EpochCoordinator.Asked or WorkerActor.Question when _rescaled is not null:
                _early.Add(message);
                break;
            case Stop stop when _spec.Network is { } network:
                // Why again and again: nobody may rule just now.
                if (stop.IsGraceful)
                    Timers.StartSingleTimer(stop, stop, StopAgain);
                network.StopJob(stop.IsGraceful);
                break;
            case Stop stop:
                OnStop(stop.IsGraceful);
                break;
            case CoordinatorMessages.Stop stop:
                OnStop(stop.IsGraceful);
                break;
            case CoordinatorMessages.Heard or CoordinatorMessages.ProcessLost or CoordinatorMessages.TakeOver or ControlMessages.ToCoordinator:
                _coordinator.Tell(message);
                break;
            case Leave:
                End(JobState.Stopped);
                break;
            case EpochCoordinator.Asked:
                _coordinator.Tell(message);
                break;
            case WorkerActor.Question when _outcome is null:
                _worker.Tell(message);
                break;
            case WorkerActor.Question:
                // Its tasks end; whoever asks hears that the job has ended.
                break;
            case GiveUp giveUp:
                End(JobState.Failed, giveUp.Reason);
                break;
            case WorkerActor.Up:
                _spec.Handle.OnUp();
                break;
            case Watch:
                OnWatch();
                break;
            case CoordinatorMessages.Completed:
                Finish(JobState.Completed);
                break;
            case CoordinatorMessages.Stopped when _isGraceful:
                Finish(JobState.Stopped);
                break;
            case CoordinatorMessages.Stopped stopped:
                End(JobState.Stopped, stopped.Left is { } left ? TextOf(left) : null);
                break;
            case Terminated when _outcome is { } outcome:
                End(outcome);
                break;
            case Terminated:
                StartWorker();
                break;
            case WorkerActor.Heard heard:
                _spec.Handle.OnHeard(heard.Message, _spec.Clock.NowMs);
                _coordinator.Tell(heard);
                break;
            case WorkerMessages.JobEnded { Outcome: JobOutcome.Rescaled } ended:
                OnRescaled(Rescaled.To(JobScale.Find(ended.Reason)));
                break;
            case WorkerMessages.JobEnded { Outcome: JobOutcome.Failed } ended:
                End(JobState.Failed, ended.Reason);
                break;
            case WorkerMessages.JobEnded ended:
                Finish(ended.Outcome == JobOutcome.Completed ? JobState.Completed : JobState.Stopped);
                break;
            case CoordinatorMessages.JobFailed failed:
                End(JobState.Failed, failed.Reason);
                break;
            case CoordinatorMessages.Fenced:
                End(JobState.Failed, "it was taken over by another process that was started with the same name on the same journal; run one of them, or give this one another name, or journal");
                break;
            case WorkerMessages.StandDown when _spec.Network is not null:
                // Declared dead though it lives: all it has is void, and it may begin anew. Its tasks are waited for: they may hold what their successors open.
                Context.Watch(_worker);
                Context.Stop(_worker);
                break;
            case WorkerMessages.StandDown standDown:
                End(JobState.Failed, standDown.Reason);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Everything is committed: the tasks work off what they have been told; then others begin.</summary>
    private void OnRescaled(Rescaled rescaled)
    {
        if (_outcome is not null || rescaled.Scale.Times <= _spec.Plan.Scale.Times)
            return;

        // The worker may have heard of it before the coordinator, which had been asked for it, has told.
        _early.AddRange(rescaled.Asked);
        if (_rescaled is { } known)
        {
            var later = known.Scale.Times < rescaled.Scale.Times ? rescaled.Scale : known.Scale;
            _rescaled = new(later, known.Leads || rescaled.Leads, known.Processes ?? rescaled.Processes, []);
            return;
        }

        _rescaled = rescaled;

        // Others go on with their new tasks, and this process's former ones are none of theirs.
        _spec.Network?.Leave();
        _ending = 2;
        Context.Watch(_worker);
        Context.Watch(_coordinator);
        _worker.Tell(new WorkerActor.Finish());
        Context.Stop(_coordinator);
    }

    private void OnFormerEnded()
    {
        if (--_ending > 0)
            return;
        var (scale, leads, processes, _) = _rescaled!;
        try
        {
            _spec = _spec.At(_spec.PlanAt(scale), processes);
        }
        catch (Exception cause)
        {
            End(JobState.Failed, $"it was rescaled, and can't go on here: {UserText.Of(cause).TrimEnd('.')}", cause is MillraceException ? null : cause);
            return;
        }

        _rescaled = null;
        _spec.Handle.OnRescaled(_spec.Settings.Topology.Graph, _spec.Clock.NowMs);
        Begin();
        if (leads && _spec.Network is not null)
            _coordinator.Tell(new CoordinatorMessages.TakeOver());
        foreach (var message in _early)
            Self.Tell(message, ActorRefs.NoSender);
        _early.Clear();

        // A stop that came when the former coordinator had decided already.
        if (_isGraceful)
            Self.Tell(new CoordinatorMessages.Stop(IsGraceful: true), ActorRefs.NoSender);
    }

    private void OnStop(bool isGraceful)
    {
        _isGraceful = isGraceful;
        _spec.Handle.OnStopping();
        if (!isGraceful && _rescaled is not null)
            End(JobState.Stopped);
        else if (!isGraceful && _outcome is { } outcome)
            End(outcome, "all of it, and a task that does not end,");
        else if (_spec.Network is not null && !isGraceful)
            End(JobState.Stopped);
        else
            _coordinator.Tell(new CoordinatorMessages.Stop(isGraceful));
    }

    private string TextOf(UnfinishedWork left)
    {
        var uncommitted = (left.Planned - left.Committed) switch
        {
            0 => "",
            1 => $"epoch {left.Planned} not committed",
            _ => $"epochs {left.Committed + 1} to {left.Planned} not committed",
        };
        var unwritten = left.Slowest is { } sink ? $"sink {_spec.Settings.Topology.SinkOf(sink.Task)} at epoch {sink.Epoch} of {left.Committed} committed ones" : "";
        return (uncommitted, unwritten) switch
        {
            ("", "") => $"all up to epoch {left.Committed}, and a source that is still asked what it had received last,",
            ("", _) => unwritten,
            (_, "") => uncommitted,
            _ => $"{uncommitted}, {unwritten}",
        };
    }

    private void OnWatch()
    {
        for (var task = 0; task < _activities.Length; task++)
        {
            var busy = _activities[task].Busy();
            if (busy <= _spec.TaskTimeout)
                continue;
            var @operator = _activities[task].Operator ?? _spec.Settings.Topology.IdOf(task).Operator;
            EndLate($"operator {@operator} has not come back for {busy.TotalMilliseconds:F0} ms");
            return;
        }

        if (_spec.Journal is SqlJournal { IsThere: false } gone)
            End(JobState.Failed, $"its journal {gone.Name} expected, it has been moved or deleted while the job ran; put it back, or start with an empty checkpoint directory and empty sinks");
        else if (_spec.Executors.FindLate(_spec.TaskTimeout) is { } late)
            EndLate(late);
    }

    private void EndLate(string late) => End(JobState.Failed, $"{late}, at most {_spec.TaskTimeout.TotalMilliseconds:F0} ms (millrace.task.timeout) expected");

    /// <summary>Everything is committed: the tasks work off what they have been told, then the job ends.</summary>
    private void Finish(JobState state)
    {
        if (_outcome is not null)
            return;
        _outcome = state;
        Context.Watch(_worker);
        _worker.Tell(new WorkerActor.Finish());
    }

    private void End(JobState state, string? reason = null, Exception? cause = null)
    {
        // Why first: its name is free when it has ended, and the next one of that name takes this one's place in the network.
        _spec.Network?.Leave();
        _spec.Handle.End(state, reason, cause);
        Context.Stop(Self);
    }
}
