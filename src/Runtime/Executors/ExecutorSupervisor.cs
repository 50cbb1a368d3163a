using Akka.Actor;
using Microsoft.Extensions.Logging;
using Millrace.Data;

namespace Millrace.Runtime.Executors;

/// <summary>Parent of a job's executors. Child of the job's supervisor.</summary>
/// <remarks>Without → (the first run) With executors, each on a thread of its own, since tasks may wait for each other. One that dies is started anew.</remarks>
internal sealed class ExecutorSupervisor : UntypedActor
{
    private readonly ExecutorPool _pool;
    private readonly JobId _job;
    private readonly Func<string> _takeDispatcher;
    private readonly Action<string> _returnDispatcher;
    private readonly ILogger _logger;
    private string[] _dispatchers = [];

    private sealed record Start
    {
        public static readonly Start Instance = new();
    }

    public ExecutorSupervisor(ExecutorPool pool, JobId job, Func<string> takeDispatcher, Action<string> returnDispatcher, ILogger logger)
    {
        _pool = pool;
        _job = job;
        _takeDispatcher = takeDispatcher;
        _returnDispatcher = returnDispatcher;
        _logger = logger;
    }

    public static Props Props(ExecutorPool pool, JobId job, Func<string> takeDispatcher, Action<string> returnDispatcher, ILogger logger) =>
        Akka.Actor.Props.Create(() => new ExecutorSupervisor(pool, job, takeDispatcher, returnDispatcher, logger));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1, withinTimeMilliseconds: -1, decider: Decider.From(static _ => Directive.Restart), loggingEnabled: false);

    protected override void PreStart()
    {
        var self = Self;
        _pool.OnFirstRun(() => self.Tell(Start.Instance, ActorRefs.NoSender));
    }

    protected override void PostStop()
    {
        _pool.Close();

        // The executors have ended before their parent does; one that hangs keeps this from ever being reached.
        foreach (var dispatcher in _dispatchers)
            _returnDispatcher(dispatcher);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Start when _dispatchers.Length == 0:
                StartExecutors();
                break;
            case Start:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void StartExecutors()
    {
        _dispatchers = [.. Enumerable.Range(0, _pool.Count).Select(_ => _takeDispatcher())];
        IActorRef[] executors = [.. Enumerable.Range(0, _pool.Count).Select(number => Context.ActorOf(
            ExecutorActor.Props(number, _pool, _job, _logger).WithDispatcher(_dispatchers[number]), $"executor-{number}"))];
        _pool.OnStarted(number => executors[number].Tell(ExecutorActor.Wake.Instance, ActorRefs.NoSender));
    }
}
