using Akka.Actor;
using Millrace.Data;
using Millrace.Planning;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <summary>Plans, commits and recovers the epochs of one job. Child of <see cref="JobSupervisor"/>.</summary>
/// <remarks>
/// The shell of <see cref="CoordinatorProtocol"/>, which says what each input does. Decisions go to the journal before anybody hears of them.
/// Where several processes run the job, each has one: it stands by until the one that rules is silent, or lost, and stands by again when another rules.
/// </remarks>
internal sealed class EpochCoordinator : UntypedActor
{
    private const long PausedMs = 100;

    private readonly JobSpec _spec;
    private readonly Func<CoordinatorProtocol> _create;
    private readonly IJobNetwork? _network;
    private CoordinatorProtocol _protocol;
    private readonly IJournal _journal;
    private readonly IActorRef _worker;
    private readonly JobHandle _job;
    private readonly JobClock _clock;
    private readonly ProtocolTimer _timer;
    private readonly List<ICoordinatorEffect> _effects = [];
    private readonly OrderLog _orders = new();
    private readonly Dictionary<RequestUid, Asked> _asked = [];
    private readonly List<Asked> _askedEarly = [];
    private readonly Dictionary<string, (RequestUid Id, JobRequest.Save Save)> _saves = [];
    private readonly List<RequestUid> _carriedOut = [];
    private (RequestUid Id, JobPlan Plan)? _rescaling;
    private bool _isOpen;
    private bool _hasStood;

    /// <summary>A user asks, the first time or again: only whoever rules takes it, and answers. A <see cref="JobRequest.Order"/>, a <see cref="JobRequest.Save"/> or a <see cref="JobRequest.Rescale"/>.</summary>
    internal sealed record Asked(RequestUid Id, JobRequest Request, Action<JobAnswer> Answer);

    /// <param name="Asked">What was asked.</param>
    /// <param name="Answer">Null where the file may be written.</param>
    private sealed record SaveChecked(Asked Asked, JobAnswer? Answer);

    /// <param name="Of">Who asked the journal: its successor has questions with the same numbers.</param>
    /// <param name="Answer">What it says.</param>
    private sealed record JournalAnswered(CoordinatorProtocol Of, ICoordinatorInput Answer);

    /// <param name="Of">Who gave the images out: of no interest to its successor.</param>
    /// <param name="Id">What was asked.</param>
    /// <param name="Answer">How it ended.</param>
    private sealed record SaveEnded(CoordinatorProtocol Of, RequestUid Id, JobAnswer Answer);

    /// <param name="Of">Who gave the images out.</param>
    /// <param name="Id">What was asked.</param>
    /// <param name="Next">What the job goes on from.</param>
    /// <param name="Refusal">Why with the tasks that it had; null where it has the others.</param>
    private sealed record FitEnded(CoordinatorProtocol Of, RequestUid Id, CoordinatorMessages.Fitted Next, JobAnswer? Refusal);

    public EpochCoordinator(JobSpec spec, ProcessUid self, IActorRef worker)
    {
        _spec = spec;
        _create = () => new CoordinatorProtocol(spec.Settings.Topology.Shape, self, spec.Epochs with { ResumesClosedJob = !_hasStood }, spec.Clock.NowMs);
        _protocol = _create();
        _worker = worker;
        (_network, _journal, _job, _clock) = (spec.Network, spec.Journal, spec.Handle, spec.Clock);
        _timer = new ProtocolTimer(Self, _clock, CoordinatorMessages.Tick.Instance);
    }

    /// <param name="spec">The job.</param>
    /// <param name="self">Who this process is, in the job.</param>
    /// <param name="worker">Its tasks.</param>
    public static Props Props(JobSpec spec, ProcessUid self, IActorRef worker) => Akka.Actor.Props.Create(() => new EpochCoordinator(spec, self, worker));

    protected override void PreStart()
    {
        if (_network is null)
            Step(new CoordinatorMessages.TakeOver());
        else
            Stand();
    }

    protected override void PostStop() => _timer.Cancel();

    private bool Rules => _protocol.State is CoordinatorState.Running or CoordinatorState.Draining;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CoordinatorMessages.Stop when _network is not null && !Rules:
                break;
            case CoordinatorMessages.Tick when _network is { MayRule: false } && _protocol.State == CoordinatorState.Standby:
                _timer.WakeAt(_clock.NowMs + PausedMs);
                break;
            case JournalAnswered answered when answered.Of == _protocol:
                Step(answered.Answer);
                break;
            case ICoordinatorInput input:
                Step(input);
                break;
            case Asked when _network is not null && !Rules:
                break;
            case Asked asked when _protocol.State == CoordinatorState.Opening:
                _askedEarly.Add(asked);
                break;
            case Asked { Request: JobRequest.Rescale rescale } asked:
                OnRescale(asked, rescale);
                break;
            case FitEnded fit when fit.Of == _protocol:
                if (fit.Refusal is { } refusal)
                    Answer(fit.Id, refusal);
                Step(fit.Next);
                break;
            case Asked { Request: JobRequest.Order order } asked:
                OnOrder(asked, order.Text);
                break;
            case Asked { Request: JobRequest.Save save } asked:
                OnSave(asked, save);
                break;
            case SaveChecked { Answer: { } answer } found:
                Answer(found.Asked.Id, answer);
                break;
            case SaveChecked found when _asked.ContainsKey(found.Asked.Id):
                Save(found.Asked.Id, (JobRequest.Save)found.Asked.Request);
                break;
            case SaveEnded saved when saved.Of == _protocol:
                Answer(saved.Id, saved.Answer);
                Step(new CoordinatorMessages.SavepointCopied());
                break;
            case SaveChecked or SaveEnded or FitEnded or JournalAnswered:
                break;
            case WorkerActor.Heard { Message: ControlMessages.Run run }:
                _orders.OnPlanned(run.Plan);
                break;
            case WorkerActor.Heard { Message: ControlMessages.Commit commit }:
                _carriedOut.AddRange(_orders.OnCommitted(commit.Epoch.Epoch));
                AnswerOrders();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnOrder(Asked asked, string text)
    {
        if (_orders.CommittedAt(asked.Id) is { } epoch)
        {
            asked.Answer(new JobAnswer.Done(epoch));
            return;
        }

        if (LetterOrder.TryParse(text)?.Request != asked.Id)
        {
            asked.Answer(new JobAnswer.Refused(RefusalKind.Configuration, $"Job {_job.Id}: an order to replay or to discard dead letters expected, '{UserText.OfValue(text, 100)}' found."));
            return;
        }

        // Asked again, it goes to where it was asked last.
        var isKnown = _asked.ContainsKey(asked.Id) || _orders.IsPlanned(asked.Id);
        _asked[asked.Id] = asked;
        if (!isKnown)
            Step(new CoordinatorMessages.Order(text));
    }

    private void OnSave(Asked asked, JobRequest.Save save)
    {
        var isKnown = _asked.ContainsKey(asked.Id);
        _asked[asked.Id] = asked;
        if (isKnown)
            return;

        // Where it runs alone the handle has looked: a stop may stand behind this.
        if (_network is null)
        {
            Save(asked.Id, save);
            return;
        }

        var (self, job) = (Self, _job.Id.Name);
        _ = Task.Run(() => self.Tell(new SaveChecked(asked, Check()), ActorRefs.NoSender));

        JobAnswer? Check()
        {
            try
            {
                SavepointFile.Refuse(save.Path);
                return null;
            }
            catch (ConfigurationException found)
            {
                return Written(save, job) ?? (JobAnswer)JobAnswer.Refused.Of(found);
            }
        }
    }

    /// <summary>It is done when the job has that scale: so whoever comes after a coordinator that is lost begins it anew, or finds it done.</summary>
    private void OnRescale(Asked asked, JobRequest.Rescale rescale)
    {
        if (!Rules || _asked.ContainsKey(asked.Id))
        {
            _asked[asked.Id] = asked;
            return;
        }

        try
        {
            var plan = _spec.PlanAt(_spec.Plan.Scale.With(rescale.Operator, rescale.Parallelism));
            if (plan.Manifest is null)
                asked.Answer(Refused($"Job {_job.Id}: a checkpoint directory expected for a rescale, none found; set JobOptions.CheckpointDirectory."));
            else if (plan.Manifest.Stages.SequenceEqual(_spec.Plan.Manifest!.Stages))
                asked.Answer(new JobAnswer.Done(_protocol.History.LastCommitted));
            else if (_protocol.State == CoordinatorState.Draining)
                asked.Answer(new JobAnswer.Refused(RefusalKind.State, $"Job {_job.Id}: one that runs expected to be rescaled, found one that {(_rescaling is null ? "ends" : "is being rescaled")}; ask again when that is done."));
            else
                Rescale(asked, plan);
        }
        catch (GraphException cause)
        {
            asked.Answer(Refused($"Job {_job.Id}: {cause.Message}"));
        }

        static JobAnswer.Refused Refused(string line) => new(RefusalKind.Configuration, line);
    }

    private void Rescale(Asked asked, JobPlan plan)
    {
        _asked[asked.Id] = asked;
        _rescaling = (asked.Id, plan);
        Step(new CoordinatorMessages.Rescale(asked.Id.ToString()));
    }

    /// <summary>Makes images of the new tasks. Where that can't be done the job goes on with the tasks that it had: what its sources have taken in is worked off, and they are opened anew.</summary>
    private async Task FitAsync(CoordinatorProtocol of, RequestUid id, JobPlan plan, JournalRows.Snapshotted snapshot, IActorRef self)
    {
        FitEnded ended;
        try
        {
            var images = await _journal.ReadImagesAsync(snapshot, CancellationToken.None).ConfigureAwait(false);
            var import = await Task.Run(() => new SavepointImport("", new SavepointFile(snapshot, images), plan.Settings, plan.Manifest!.EpochMs)).ConfigureAwait(false);
            ended = (string[])[.. import.Report.Refused, .. import.Report.Lost.Select(lost => $"{lost} would be lost")] is [var refused, ..]
                ? Refused(new JobAnswer.Refused(RefusalKind.Configuration, $"Job {_job.Id} can't be rescaled: {refused}."))
                : new(of, id, new(plan.Manifest!.ToString(), await import.WriteAsync(_journal, CancellationToken.None).ConfigureAwait(false)), null);
        }
        catch (Exception cause)
        {
            ended = Refused(JobAnswer.Refused.Of(cause));
        }

        self.Tell(ended, ActorRefs.NoSender);

        FitEnded Refused(JobAnswer refusal) => new(of, id, AsItIs(), refusal);
    }

    private CoordinatorMessages.Fitted AsItIs() =>
        new((_spec.Plan.Manifest! with { Scale = _spec.Plan.Scale with { Times = _spec.Plan.Scale.Times + 1 } }).ToString(), null);

    /// <summary>The answer of a coordinator that has written the file, and not lived to say so; null where there is none. The last epoch is another one by now.</summary>
    private static JobAnswer.Done? Written(JobRequest.Save save, string job) =>
        save is { IsRepeated: true, Stops: false } && SavepointFile.TryRead(save.Path) is { } file && JobManifest.IsOf(file.Snapshot.Manifest, job) && file.Snapshot.Epoch > save.Since
            ? new(file.Snapshot.Epoch)
            : null;

    private void Save(RequestUid id, JobRequest.Save save)
    {
        _saves[id.ToString()] = (id, save);
        Step(new CoordinatorMessages.TakeSavepoint(id.ToString(), save.Stops));

        // Where it runs alone the handle sees to that.
        if (save.Stops && _network is not null)
            Step(new CoordinatorMessages.Stop(IsGraceful: true));
    }

    private void Answer(RequestUid id, JobAnswer answer)
    {
        if (_asked.Remove(id, out var asker))
            asker.Answer(answer);
    }

    private void AnswerOrders()
    {
        foreach (var order in _carriedOut)
            Answer(order, new JobAnswer.Done(_orders.CommittedAt(order) ?? 0));
        _carriedOut.Clear();
    }

    /// <summary>What was asked of it goes with the coordinator: whoever waits asks the next one.</summary>
    private void Stand()
    {
        _asked.Clear();
        _saves.Clear();
        _rescaling = null;
        _protocol = _create();
        _timer.WakeAt(_protocol.NextWakeMs);
    }

    private void Step(ICoordinatorInput input)
    {
        _effects.Clear();
        _protocol.Step(input, _clock.NowMs, _effects);
        foreach (var effect in _effects)
            CarryOut(effect);
        // Why behind the effects: who asks the tasks then finds that they have heard of the commit.
        AnswerOrders();
        _timer.WakeAt(_protocol.NextWakeMs);

        // Another one rules: what this one knew is out of date.
        if (_network is not null && _protocol.State == CoordinatorState.Fenced)
        {
            _hasStood = true;
            Stand();
        }

        // Why not before: what a worker says while the coordinator opens its stream is lost until its next heartbeat.
        if (!_isOpen && _network is null && _protocol.State == CoordinatorState.Running)
        {
            _isOpen = true;
            _worker.Tell(new WorkerActor.Meet(Self));
            foreach (var asked in _askedEarly)
                Self.Tell(asked, ActorRefs.NoSender);
            _askedEarly.Clear();
        }
    }

    private void CarryOut(ICoordinatorEffect effect)
    {
        var (self, of) = (Self, _protocol);
        switch (effect)
        {
            case JournalMessages.Append append:
                _journal.Append(append, answer => self.Tell(new JournalAnswered(of, answer), ActorRefs.NoSender));
                break;
            case JournalMessages.Read read:
                _journal.Read(read, answer => self.Tell(new JournalAnswered(of, answer), ActorRefs.NoSender), failure => self.Tell(new JournalAnswered(of, failure), ActorRefs.NoSender));
                break;
            case JournalMessages.Trim trim:
                _journal.Trim(trim);
                break;
            case CoordinatorMessages.Send send when _network is not null:
                _network.Send(send.Process, send.Message);
                break;
            case CoordinatorMessages.Send send:
                _worker.Tell(send.Message);
                break;
            case CoordinatorMessages.Fenced when _network is not null:
                break;
            case CoordinatorMessages.Opened opened:
                _job.OnOpened(opened.Committed);
                if (_network is { Node: var node })
                    JobLog.Coordinates(_job.Logger, _job.Id.Name, node, opened.Committed);
                // Why not wait: this one rules because the former coordinator was silent for a lease, and so maybe were others.
                foreach (var silent in _network?.Silent ?? [])
                    self.Tell(new CoordinatorMessages.ProcessLost(silent), ActorRefs.NoSender);
                _carriedOut.AddRange(_orders.OnCommitted(opened.Committed));
                // What another process had planned and not committed runs now.
                foreach (var plan in _protocol.History.Inflight)
                {
                    _orders.OnPlanned(plan);
                    _job.OnPlanned(plan, _clock.NowMs);
                }

                break;
            case CoordinatorMessages.CopySavepoint copy when _rescaling is var (id, plan) && copy.Target == id.ToString():
                _ = FitAsync(_protocol, id, plan, copy.Snapshot, self);
                break;
            case CoordinatorMessages.CopySavepoint { Target: CoordinatorProtocol.AsItIs }:
                self.Tell(new FitEnded(_protocol, default, AsItIs(), null), ActorRefs.NoSender);
                break;
            case CoordinatorMessages.CopySavepoint copy:
                _saves.Remove(copy.Target, out var asked);
                _ = CopyAsync(_protocol, asked.Id, asked.Save, copy.Snapshot, self);
                break;
            case CoordinatorMessages.EpochPlanned planned:
                _orders.OnPlanned(planned.Plan);
                _job.OnPlanned(planned.Plan, _clock.NowMs);
                break;
            case CoordinatorMessages.EpochCommitted committed:
                _job.OnCommitted(committed.Epoch.Epoch, _clock.NowMs);
                _carriedOut.AddRange(_orders.OnCommitted(committed.Epoch.Epoch));
                break;
            case CoordinatorMessages.AttemptRaised raised:
                _job.OnAttempt(raised.Plan, raised.Reason, _clock.NowMs);
                break;
            case CoordinatorMessages.StragglerSetAside slow:
                JobLog.NodeIsSlow(_job.Logger, _job.Id.Name, slow.Node, slow.Epochs, slow.WorkedMs, slow.ExpectedMs);
                JobLog.TasksMoveOff(_job.Logger, _job.Id.Name, slow.Moved, slow.Node, slow.Staying, slow.RestMs / 1000.0);
                break;
            case CoordinatorMessages.StragglerTakenBack back:
                JobLog.OffersTasksAgain(_job.Logger, _job.Id.Name, back.Node);
                break;
            case CoordinatorMessages.Rescaled rescaled:
                // What waits for an answer is asked of the next coordinator.
                Context.Parent.Tell(new JobSupervisor.Rescaled(JobScale.Find(rescaled.Manifest), Leads: true, rescaled.Processes, [.. _askedEarly, .. _asked.Values]));
                break;
            case CoordinatorMessages.Completed or CoordinatorMessages.Stopped or CoordinatorMessages.JobFailed or CoordinatorMessages.Fenced:
                Context.Parent.Tell(effect);
                break;
        }
    }

    private async Task CopyAsync(CoordinatorProtocol of, RequestUid id, JobRequest.Save save, JournalRows.Snapshotted snapshot, IActorRef self)
    {
        JobAnswer answer;
        try
        {
            var images = await _journal.ReadImagesAsync(snapshot, CancellationToken.None).ConfigureAwait(false);
            await Task.Run(() => new SavepointFile(snapshot, images).Write(save.Path)).ConfigureAwait(false);
            answer = new JobAnswer.Done(snapshot.Epoch);
        }
        catch (Exception cause)
        {
            answer = Written(save, _job.Id.Name) ?? (JobAnswer)JobAnswer.Refused.Of(cause);
        }

        self.Tell(new SaveEnded(of, id, answer), ActorRefs.NoSender);
    }
}
