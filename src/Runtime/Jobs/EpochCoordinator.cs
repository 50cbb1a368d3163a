using Akka.Actor;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <summary>Plans, commits and recovers the epochs of one job. Child of <see cref="JobSupervisor"/>.</summary>
/// <remarks>The shell of <see cref="CoordinatorProtocol"/>, which says what each input does. Decisions go to the journal before anybody hears of them.</remarks>
internal sealed class EpochCoordinator : UntypedActor
{
    private readonly CoordinatorProtocol _protocol;
    private readonly IJournal _journal;
    private readonly IActorRef _worker;
    private readonly JobHandle _job;
    private readonly JobClock _clock;
    private readonly ProtocolTimer _timer;
    private readonly List<ICoordinatorEffect> _effects = [];
    private bool _isOpen;

    public EpochCoordinator(
        JobShape shape, ProcessUid self, CoordinatorOptions options, IJournal journal, IActorRef worker, JobHandle job, JobClock clock)
    {
        _protocol = new CoordinatorProtocol(shape, self, options, clock.NowMs);
        _journal = journal;
        _worker = worker;
        _job = job;
        _clock = clock;
        _timer = new ProtocolTimer(Self, clock, CoordinatorMessages.Tick.Instance);
    }

    public static Props Props(
        JobShape shape, ProcessUid self, CoordinatorOptions options, IJournal journal, IActorRef worker, JobHandle job, JobClock clock) =>
        Akka.Actor.Props.Create(() => new EpochCoordinator(shape, self, options, journal, worker, job, clock));

    protected override void PreStart() => Step(new CoordinatorMessages.TakeOver());

    protected override void PostStop() => _timer.Cancel();

    protected override void OnReceive(object message)
    {
        if (message is ICoordinatorInput input)
            Step(input);
        else
            Unhandled(message);
    }

    private void Step(ICoordinatorInput input)
    {
        _effects.Clear();
        _protocol.Step(input, _clock.NowMs, _effects);
        foreach (var effect in _effects)
            CarryOut(effect);
        _timer.WakeAt(_protocol.NextWakeMs);

        // Why not before: what a worker says while the coordinator opens its stream is lost until its next heartbeat.
        if (!_isOpen && _protocol.State == CoordinatorState.Running)
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
            case CoordinatorMessages.Send send:
                _worker.Tell(send.Message);
                break;
            case CoordinatorMessages.Opened opened:
                _job.OnOpened(opened.Committed);
                // What another process had planned and not committed runs now.
                foreach (var plan in _protocol.History.Inflight)
                    _job.OnPlanned(plan, _clock.NowMs);
                break;
            case CoordinatorMessages.EpochPlanned planned:
                _job.OnPlanned(planned.Plan, _clock.NowMs);
                break;
            case CoordinatorMessages.EpochCommitted committed:
                _job.OnCommitted(committed.Epoch.Epoch, _clock.NowMs);
                break;
            case CoordinatorMessages.AttemptRaised raised:
                _job.OnAttempt(raised.Plan, raised.Reason);
                break;
            case CoordinatorMessages.Completed or CoordinatorMessages.Stopped or CoordinatorMessages.JobFailed or CoordinatorMessages.Fenced:
                Context.Parent.Tell(effect);
                break;
        }
    }
}
