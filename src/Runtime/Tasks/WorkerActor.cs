using Akka.Actor;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.State;

namespace Millrace.Runtime.Tasks;

/// <summary>One process's part in a job: hosts its tasks, writes their deltas, passes decisions on. Child of the job's supervisor.</summary>
/// <remarks>
/// The shell of <see cref="WorkerProtocol"/>. It also supervises the tasks: a task that crashes is resumed with its state, and its failure
/// is told to the protocol, which has an attempt take the lost epochs back.
/// </remarks>
internal sealed class WorkerActor : UntypedActor
{
    private static readonly TimeSpan RestoreRetry = TimeSpan.FromMilliseconds(200);

    private readonly TaskSettings _settings;
    private readonly ProcessUid _self;
    private readonly IJobNetwork? _network;
    private readonly WorkerProtocol _protocol;
    private readonly IJournal _journal;
    private readonly IReadOnlyList<TaskActivity> _activities;
    private readonly string _dispatcher;
    private readonly JobClock _clock;
    private readonly ProtocolTimer _timer;
    private readonly List<IWorkerEffect> _effects = [];
    private readonly List<WorkerMessages.StartTask> _starts = [];
    private readonly Dictionary<int, Queue<object>> _waiting = [];
    private readonly RestoreReader _restores;
    private readonly List<JournalMessages.Read> _unanswered = [];
    private readonly StateRouter _router;
    private readonly List<Question> _questions = [];
    private readonly ITimer _retry;
    private IActorRef[] _tasks = [];
    private TaskPlace[] _places = [];
    private AttemptPlan? _placed;
    private bool _isUp;
    private int _ready;
    private int _running;
    private IActorRef _coordinator = ActorRefs.Nobody;

    /// <summary>From the coordinator: it listens now.</summary>
    internal sealed record Meet(IActorRef Coordinator);

    /// <summary>To the supervisor: every task that this process holds is open.</summary>
    internal sealed record Up;

    /// <summary>To the supervisor: what the coordinator, in another process maybe, has decided.</summary>
    internal sealed record Heard(ControlMessages.ToProcess Message);

    /// <summary>From the network: what was on its way to and from these processes may be lost; they live.</summary>
    internal sealed record LinkBroken(IReadOnlyCollection<ProcessUid> Processes, string Reason);

    /// <summary>From the supervisor: everything is committed; end the tasks behind what they have been told, then yourself.</summary>
    internal sealed record Finish;

    /// <summary>
    /// Somebody asks what the tasks hold that this process holds. Where it is alone it is answered once they are open and an epoch is committed here; among others not at
    /// all before: whoever asks does so again.
    /// </summary>
    internal abstract record Question(long Since);

    /// <summary>Which dead letters?</summary>
    internal sealed record ReadHeld(long Since, Action<HeldLetters> Answer) : Question(Since);

    /// <summary>What do the tables of operators say to this?</summary>
    internal sealed record ReadState(long Since, StateQuery Query, Action<HeldState> Answer) : Question(Since);

    /// <summary>From itself: reads that the journal has not answered are due again.</summary>
    private sealed record ReadAgain
    {
        public static readonly ReadAgain Instance = new();
    }

    public WorkerActor(
        TaskSettings settings, ProcessUid self, IJournal journal, IReadOnlyList<TaskActivity> activities, string dispatcher, JobClock clock, IJobNetwork? network)
    {
        _settings = settings;
        _self = self;
        _network = network;
        _journal = journal;
        _activities = activities;
        _dispatcher = dispatcher;
        _protocol = new WorkerProtocol(settings.Topology.Shape, self, network?.Node ?? "local", new WorkerOptions { LeaseMs = network?.LeaseMs ?? 0, TakesTasks = network?.TakesTasks ?? true }, clock.NowMs);
        _router = new StateRouter(settings.Topology, settings.Tables);
        _clock = clock;
        _timer = new ProtocolTimer(Self, clock, WorkerMessages.Tick.Instance);
        var worker = Self;
        _retry = clock.CreateTimer(() => worker.Tell(ReadAgain.Instance, ActorRefs.NoSender));
        _restores = new RestoreReader(settings.Job.Name, journal.Name, Read, ReadLater, OnRestored, OnRestoreFailed);
    }

    /// <param name="settings">What all tasks of the job share.</param>
    /// <param name="self">Who this process is, in this job.</param>
    /// <param name="journal">The job's journal.</param>
    /// <param name="activities">Where each task says what it is at.</param>
    /// <param name="dispatcher">That of the tasks.</param>
    /// <param name="clock">The job's clock.</param>
    /// <param name="network">The other processes; null where this one is alone.</param>
    public static Props Props(
        TaskSettings settings, ProcessUid self, IJournal journal, IReadOnlyList<TaskActivity> activities, string dispatcher, JobClock clock, IJobNetwork? network = null) =>
        Akka.Actor.Props.Create(() => new WorkerActor(settings, self, journal, activities, dispatcher, clock, network));

    protected override void PreStart()
    {
        _tasks = [.. Enumerable.Range(0, _settings.Topology.Count).Select(task => Context.ActorOf(
            TaskActor.Props(task, _settings, _activities[task], Self).WithDispatcher(_dispatcher), $"task-{task}"))];
        _places = [.. _tasks.Select(task => new TaskPlace(task))];
        foreach (var task in _tasks)
            task.Tell(new TaskMessages.Connect(_places));
        if (_network is null)
            return;
        _network.Join(_self, Self, _tasks);
        Step(WorkerMessages.Tick.Instance);
    }

    protected override void PostStop()
    {
        _timer.Cancel();
        _retry.Dispose();
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1,
        withinTimeMilliseconds: -1,
        decider: Decider.From(cause =>
        {
            if (cause is not TaskFailure failure)
                return Directive.Escalate;
            Self.Tell(failure.Kind == FailureKind.Channel
                ? new WorkerMessages.ChannelBroken(failure.Task, failure.Generation, failure.Message)
                : new WorkerMessages.TaskFailed(failure.Task, failure.Generation, failure.Message, failure.Kind));
            return Directive.Resume;
        }),
        loggingEnabled: false);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Meet meet:
                _coordinator = meet.Coordinator;
                Step(WorkerMessages.Tick.Instance);
                break;
            case Question when _running > 0:
                Context.Parent.Tell(message);
                break;
            case Question question:
                OnQuestion(question);
                break;
            case Finish:
                OnFinish();
                break;
            case Terminated:
                if (--_running == 0)
                    Context.Stop(Self);
                break;
            case JournalMessages.RowsRead rows when _restores.OnRows(rows):
            case JournalMessages.ReadFailed failed when _restores.OnFailed(failed):
                break;
            case ReadAgain:
                OnReadAgain();
                break;
            case LinkBroken broken:
                OnLinkBroken(broken);
                break;
            case IWorkerInput input:
                if (_network is not null && input is ControlMessages.Run or ControlMessages.Commit or ControlMessages.Attempt)
                    Context.Parent.Tell(new Heard((ControlMessages.ToProcess)input));
                Step(input);
                TellUp();
                AskAgain();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnQuestion(Question question)
    {
        // Why a step before: one that has stood still finds out, and does not answer of tasks that it may have lost.
        if (_network is not null)
            Step(WorkerMessages.Tick.Instance);
        if (_protocol is { IsUp: true, IsFrozen: false, CurrentAttempt: { } attempt } && _protocol.Committed >= question.Since)
            Answer(question, attempt);
        else if (_network is null)
            _questions.Add(question);
    }

    private void Answer(Question question, AttemptPlan attempt)
    {
        switch (question)
        {
            case ReadHeld read:
                OnReadHeld(read, attempt);
                break;
            case ReadState read:
                OnReadState(read, attempt);
                break;
        }
    }

    private void OnReadHeld(ReadHeld read, AttemptPlan attempt)
    {
        int[] held = [.. Enumerable.Range(0, _tasks.Length).Where(task => attempt.Owner[task] == _self)];
        if (held.Length == 0)
        {
            read.Answer(new(_self, attempt.Number, 0, _tasks.Length, []));
            return;
        }

        var reading = new LetterReading(held.Length);
        foreach (var task in held)
            Tell(task, new TaskMessages.ReadLetters(reading));
        _ = AnswerAsync();

        async Task AnswerAsync() => read.Answer(new(_self, attempt.Number, held.Length, _places.Length, await reading.Answer.ConfigureAwait(false)));
    }

    private void OnReadState(ReadState read, AttemptPlan attempt)
    {
        var held = attempt.Owner.Count(owner => owner == _self);
        if (_router.Find(read.Query, out var asked) is { } refusal)
        {
            Answer(new StateAnswer.Refused(refusal));
            return;
        }

        int[] tasks = [.. asked.Where(task => attempt.Owner[task] == _self)];
        if (tasks.Length == 0)
        {
            Answer(null);
            return;
        }

        var (self, reading) = (Self, new StateReading(tasks.Length));
        foreach (var task in tasks)
            Tell(task, new TaskMessages.ReadState(read.Query, reading));
        _ = AnswerAsync();

        void Answer(StateAnswer? answer) => read.Answer(new(_self, attempt.Number, held, _places.Length, answer));

        async Task AnswerAsync()
        {
            if (await reading.Answer.ConfigureAwait(false) is { } answer)
                Answer(answer);
            else if (_network is null)
                self.Tell(read, ActorRefs.NoSender);
        }
    }

    private void AskAgain()
    {
        if (_questions.Count == 0)
            return;
        Question[] questions = [.. _questions];
        _questions.Clear();
        foreach (var question in questions)
            OnQuestion(question);
    }

    private void TellUp()
    {
        if (!_protocol.IsUp)
            return;
        if (_ready < _protocol.CurrentAttempt!.Number)
        {
            _ready = _protocol.CurrentAttempt.Number;
            if (_network is not null && _isUp)
                TaskLog.TasksReady(_settings.Logger, _settings.Job.Name, _ready, _protocol.CurrentAttempt.Owner.Count(owner => owner == _self));
        }

        if (_isUp)
            return;
        _isUp = true;
        Context.Parent.Tell(new Up());
    }

    /// <summary>Each channel that crosses the link has a gap, though nothing may follow by which its receiver would see it.</summary>
    private void OnLinkBroken(LinkBroken broken)
    {
        if (_protocol.CurrentAttempt is not { } attempt)
            return;
        var shape = _settings.Topology.Shape;
        for (var receiver = 0; receiver < shape.Count; receiver++)
        {
            if (shape.Tasks[receiver].Inputs.Any(sender => Crosses(attempt.Owner[sender], attempt.Owner[receiver])))
                Step(new WorkerMessages.ChannelBroken(receiver, attempt.Generation[receiver], broken.Reason));
        }

        bool Crosses(ProcessUid sender, ProcessUid receiver) =>
            (sender == _self && broken.Processes.Contains(receiver)) || (receiver == _self && broken.Processes.Contains(sender));
    }

    /// <summary>What is sent from now on goes to the owners of the attempt that the protocol has adopted.</summary>
    private void PlaceTasks()
    {
        if (_network is null || _protocol.CurrentAttempt is not { } attempt || ReferenceEquals(attempt, _placed))
            return;
        _placed = attempt;
        for (var task = 0; task < _places.Length; task++)
            _places[task].MoveTo(attempt.Owner[task] == _self ? null : _network.TaskAt(attempt.Owner[task], task));
    }

    private void OnFinish()
    {
        // Others come where the job is rescaled.
        foreach (var question in _questions)
            Context.Parent.Tell(question);
        _running = _tasks.Length;
        foreach (var task in _tasks)
        {
            Context.Watch(task);
            task.Tell(PoisonPill.Instance);
        }
    }

    private void Step(IWorkerInput input)
    {
        _effects.Clear();
        _protocol.Step(input, _clock.NowMs, _effects);
        PlaceTasks();
        foreach (var effect in _effects)
            CarryOut(effect);
        if (_starts.Count > 0)
        {
            _restores.Begin(_starts);
            _starts.Clear();
        }

        _timer.WakeAt(_protocol.NextWakeMs);
    }

    private void CarryOut(IWorkerEffect effect)
    {
        var self = Self;
        switch (effect)
        {
            case WorkerMessages.Send send:
                if (_network is null)
                    _coordinator.Tell(send.Message);
                else
                    _network.Send(send.Message);
                break;
            case WorkerMessages.RunEpoch run:
                Tell(run.Task, run);
                break;
            case WorkerMessages.CommitEpoch commit:
                Tell(commit.Task, commit);
                break;
            case WorkerMessages.PollOffsets poll:
                Tell(poll.Task, poll);
                break;
            case WorkerMessages.AdoptTask adopt:
                Tell(adopt.Task, adopt);
                break;
            case WorkerMessages.StartTask start:
                // Why first forgotten: what an older order of the same task would bring is void.
                _restores.Drop(start.Task);
                _waiting[start.Task] = new();
                _starts.Add(start);
                break;
            case WorkerMessages.DropTask drop:
                _restores.Drop(drop.Task);
                _waiting.Remove(drop.Task);
                _tasks[drop.Task].Tell(TaskMessages.Drop.Instance);
                break;
            case JournalMessages.Append append:
                _journal.Append(append, answer => self.Tell(answer, ActorRefs.NoSender));
                break;
            case JournalMessages.Read read:
                Read(read);
                break;
            case WorkerMessages.StandDown standDown:
                Context.Parent.Tell(standDown);
                break;
            case WorkerMessages.JobEnded ended:
                Context.Parent.Tell(ended);
                break;
        }
    }

    private void Read(JournalMessages.Read read)
    {
        var self = Self;
        _journal.Read(read, answer => self.Tell(answer, ActorRefs.NoSender), failure => self.Tell(failure, ActorRefs.NoSender));
    }

    private void ReadLater(JournalMessages.Read read)
    {
        _unanswered.Add(read);
        _retry.Change(RestoreRetry, Timeout.InfiniteTimeSpan);
    }

    private void OnReadAgain()
    {
        JournalMessages.Read[] reads = [.. _unanswered];
        _unanswered.Clear();
        foreach (var read in reads)
            Read(read);
    }

    /// <summary>Tells a task in order; what comes for one whose rows are still being read waits for them.</summary>
    private void Tell(int task, object message)
    {
        if (_waiting.TryGetValue(task, out var waiting))
            waiting.Enqueue(message);
        else
            _tasks[task].Tell(message);
    }

    private void OnRestored(TaskRestore restore, string? damage)
    {
        var task = restore.Start.Task;
        if (damage is not null)
            TaskLog.ImagePassedOver(_settings.Logger, _settings.Job.Name, task, restore.Start.References.Image?.Epoch ?? 0, restore.Epochs.Count, damage);
        _tasks[task].Tell(restore);
        if (!_waiting.Remove(task, out var waiting))
            return;
        foreach (var message in waiting)
            _tasks[task].Tell(message);
    }

    // Why by a message: a step of the protocol may be at work.
    private void OnRestoreFailed(WorkerMessages.StartTask start, string reason) =>
        Self.Tell(new WorkerMessages.RestoreFailed(start.Task, start.Generation, reason));
}
