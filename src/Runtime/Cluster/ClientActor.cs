using Akka.Actor;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Tasks;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Cluster;

/// <summary>A client's end: says each request to a seed until it is answered, and to another one where that is silent.</summary>
internal sealed class ClientActor : UntypedActor, IWithTimers
{
    private const long TickMs = 200;
    private const long AgainMs = 1000;
    private const long SeedSilenceMs = 2500;

    private readonly ActorSelection[] _seeds;
    private readonly string _silence;
    private readonly Dictionary<RequestUid, Pending> _pending = [];
    private IActorRef? _node;
    private long _heardAtMs;

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }

    private sealed class Pending(NodeMessage.Request request, TaskCompletionSource<JobAnswer> answer)
    {
        public NodeMessage.Request Request { get; set; } = request;

        public TaskCompletionSource<JobAnswer> Answer { get; } = answer;

        public long SaidAtMs { get; set; }
    }

    /// <param name="seeds">As <c>host:port</c>.</param>
    /// <param name="silence">The error where none of them answers, in one line.</param>
    public ClientActor(IEnumerable<string> seeds, string silence)
    {
        var self = ((ExtendedActorSystem)Context.System).Provider.DefaultAddress;
        _seeds = [.. seeds.Select(seed => Context.ActorSelection(new RootActorPath(ClusterNode.SeedAddress(self, seed)) / "user" / NodeActor.Name))];
        _silence = silence;
    }

    /// <summary>How long no seed may answer.</summary>
    public static TimeSpan SilenceMax { get; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IEnumerable<string> seeds, string silence) => Akka.Actor.Props.Create(() => new ClientActor(seeds, silence));

    protected override void PreStart() => Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.FromMilliseconds(TickMs));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case NodeActor.Ask ask:
                OnAsk(ask);
                break;
            case NodeMessage.Answer answer:
                OnAnswer(answer);
                break;
            case Tick:
                OnTick();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnAsk(NodeActor.Ask ask)
    {
        // A silence counts only while there is something to be answered.
        if (_pending.Count == 0)
            _heardAtMs = Environment.TickCount64;
        var pending = new Pending(ask.Request, ask.Answer);
        _pending[ask.Request.Id] = pending;
        Say(pending, Environment.TickCount64);
    }

    private void OnAnswer(NodeMessage.Answer answer)
    {
        (_node, _heardAtMs) = (Sender, Environment.TickCount64);
        if (!_pending.TryGetValue(answer.Id, out var pending))
            return;
        if (answer.What is JobAnswer.UnderWay underWay)
        {
            if (underWay.IsStopping && pending.Request.What is JobRequest.Stop stop)
                pending.Request = pending.Request with { What = stop with { WasRunning = true } };
            return;
        }

        _pending.Remove(answer.Id);
        pending.Answer.TrySetResult(answer.What);
    }

    private void OnTick()
    {
        var nowMs = Environment.TickCount64;
        foreach (var left in _pending.Where(pending => pending.Value.Answer.Task.IsCompleted).ToArray())
            _pending.Remove(left.Key);
        if (_pending.Count == 0)
            return;
        if (nowMs - _heardAtMs >= SilenceMax.TotalMilliseconds)
        {
            foreach (var pending in _pending.Values)
                pending.Answer.TrySetException(new ConfigurationException(_silence));
            _pending.Clear();
            return;
        }

        if (nowMs - _heardAtMs >= SeedSilenceMs)
            _node = null;
        foreach (var pending in _pending.Values)
        {
            if (nowMs - pending.SaidAtMs >= AgainMs)
                Say(pending, nowMs);
        }
    }

    private void Say(Pending pending, long nowMs)
    {
        pending.SaidAtMs = nowMs;
        if (_node is not null)
            _node.Tell(pending.Request, Self);
        foreach (var seed in _node is null ? _seeds : [])
            seed.Tell(pending.Request, Self);

        // By then somebody may have begun with it.
        if (pending.Request.What is JobRequest.Save save)
            pending.Request = pending.Request with { What = save with { IsRepeated = true } };
    }
}
