using Akka.Actor;
using Microsoft.Extensions.Logging;
using Millrace.Client;
using Millrace.Data;

namespace Millrace.Runtime.Executors;

/// <summary>Computes partitions of datasets, one a message, and holds what is kept of them. Child of <see cref="ExecutorSupervisor"/>.</summary>
/// <remarks>
/// What a function throws is its task's failure and leaves the actor as it is. When the actor itself dies (it can only between two
/// messages, so never within a task), the supervisor starts it anew with nothing in hand: what it held is computed again by whoever needs it.
/// </remarks>
internal sealed class ExecutorActor : UntypedActor
{
    private readonly ExecutorPool _pool;
    private readonly Executor _executor;
    private readonly JobId _job;
    private readonly ILogger _logger;

    /// <summary>There may be work.</summary>
    internal sealed record Wake
    {
        public static readonly Wake Instance = new();
    }

    public ExecutorActor(int number, ExecutorPool pool, JobId job, ILogger logger)
    {
        _pool = pool;
        _executor = new Executor(number);
        _job = job;
        _logger = logger;
    }

    public static Props Props(int number, ExecutorPool pool, JobId job, ILogger logger) =>
        Akka.Actor.Props.Create(() => new ExecutorActor(number, pool, job, logger));

    protected override void PreStart() => Self.Tell(Wake.Instance);

    protected override void PreRestart(Exception reason, object message)
    {
        ExecutorLog.Lost(_logger, _job.Name, _executor.Number, reason.Message.ReplaceLineEndings(" "));
        base.PreRestart(reason, message);
    }

    protected override void PostStop() => _executor.Lose();

    protected override void OnReceive(object message)
    {
        if (message is Wake)
            Work();
        else
            Unhandled(message);
    }

    private void Work()
    {
        if (_pool.Take(_executor.Number) is not { } work)
            return;
        work.Run.Execute(work.Task, _executor);
        _pool.Done(_executor.Number);
        Self.Tell(Wake.Instance);
    }
}
