using Akka.Actor;
using Millrace.Data;
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

    private readonly Func<CoordinatorProtocol> _create;
    private readonly IJobNetwork? _network;
    private CoordinatorProtocol _protocol;
    private readonly IJournal _journal;
    private readonly IActorRef _worker;
    private readonly JobHandle _job;
    private readonly JobClock _clock;
    private readonly ProtocolTimer _timer;
    private readonly List<ICoordinatorEffect> _effects = [];
    private readonly Queue<OrderWaiting> _ordered = [];
    private readonly Dictionary<long, List<OrderWaiting>> _planned = [];
    private readonly List<OrderWaiting> _carriedOut = [];
    private readonly List<SavepointWaiting> _savepoints = [];
    private bool _isOpen;
    private bool _hasStood;

    /// <summary>From the job's handle: tasks are to carry this out in the next epoch; told when that is committed.</summary>
    internal sealed record OrderWaiting(string Text, Action OnCommitted);

    /// <summary>From the job's handle: write a savepoint, then tell.</summary>
    internal sealed record SavepointWaiting(string Path, bool AtEnd, TaskCompletionSource<Epoch> Written);

    public EpochCoordinator(
        JobShape shape, ProcessUid self, CoordinatorOptions options, IJournal journal, IActorRef worker, JobHandle job, JobClock clock, IJobNetwork? network)
    {
        _create = () => new CoordinatorProtocol(shape, self, options with { ResumesClosedJob = !_hasStood }, clock.NowMs);
        _protocol = _create();
        _network = network;
        _journal = journal;
        _worker = worker;
        _job = job;
        _clock = clock;
        _timer = new ProtocolTimer(Self, clock, CoordinatorMessages.Tick.Instance);
    }

    public static Props Props(
        JobShape shape, ProcessUid self, CoordinatorOptions options, IJournal journal, IActorRef worker, JobHandle job, JobClock clock, IJobNetwork? network = null) =>
        Akka.Actor.Props.Create(() => new EpochCoordinator(shape, self, options, journal, worker, job, clock, network));

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
            case ICoordinatorInput input:
                Step(input);
                break;
            case OrderWaiting order:
                _ordered.Enqueue(order);
                Step(new CoordinatorMessages.Order(order.Text));
                break;
            case SavepointWaiting savepoint:
                _savepoints.Add(savepoint);
                Step(new CoordinatorMessages.TakeSavepoint(savepoint.Path, savepoint.AtEnd));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Stand()
    {
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
        foreach (var order in _carriedOut)
            order.OnCommitted();
        _carriedOut.Clear();
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
        }
    }

    private void CarryOut(ICoordinatorEffect effect)
    {
        var self = Self;
        switch (effect)
        {
            case JournalMessages.Append append:
                _journal.Append(append, answer => self.Tell(answer, ActorRefs.NoSender));
                break;
            case JournalMessages.Read read:
                _journal.Read(read, answer => self.Tell(answer, ActorRefs.NoSender), failure => self.Tell(failure, ActorRefs.NoSender));
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
                // What another process had planned and not committed runs now.
                foreach (var plan in _protocol.History.Inflight)
                    _job.OnPlanned(plan, _clock.NowMs);
                break;
            case CoordinatorMessages.CopySavepoint copy:
                var waiting = _savepoints.Find(savepoint => savepoint.Path == copy.Target)!;
                _savepoints.Remove(waiting);
                _ = CopyAsync(waiting, copy.Snapshot, self);
                break;
            case CoordinatorMessages.EpochPlanned planned:
                OnOrdersPlanned(planned.Plan);
                _job.OnPlanned(planned.Plan, _clock.NowMs);
                break;
            case CoordinatorMessages.EpochCommitted committed:
                _job.OnCommitted(committed.Epoch.Epoch, _clock.NowMs);
                if (_planned.Remove(committed.Epoch.Epoch, out var orders))
                    _carriedOut.AddRange(orders);
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
            case CoordinatorMessages.Completed or CoordinatorMessages.Stopped or CoordinatorMessages.JobFailed or CoordinatorMessages.Fenced:
                Context.Parent.Tell(effect);
                break;
        }
    }

    private async Task CopyAsync(SavepointWaiting waiting, JournalRows.Snapshotted snapshot, IActorRef self)
    {
        try
        {
            var images = await _journal.ReadImagesAsync(snapshot, CancellationToken.None).ConfigureAwait(false);
            await Task.Run(() => new SavepointFile(snapshot, images).Write(waiting.Path)).ConfigureAwait(false);
            waiting.Written.TrySetResult(new Epoch(snapshot.Epoch));
        }
        catch (Exception cause)
        {
            waiting.Written.TrySetException(cause);
        }

        self.Tell(new CoordinatorMessages.SavepointCopied(), ActorRefs.NoSender);
    }

    // A plan holds all orders that had come, in their order.
    private void OnOrdersPlanned(EpochPlan plan)
    {
        if (plan.Orders.IsEmpty)
            return;
        var orders = new List<OrderWaiting>();
        while (orders.Count < plan.Orders.Length)
            orders.Add(_ordered.Dequeue());
        _planned[plan.Epoch] = orders;
    }
}
