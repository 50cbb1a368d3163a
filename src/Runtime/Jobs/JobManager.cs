using Akka.Actor;

namespace Millrace.Runtime.Jobs;

/// <summary>Parent of all jobs of this process. One per host.</summary>
internal sealed class JobManager : UntypedActor
{
    private int _started;

    /// <summary>Start a job.</summary>
    internal sealed record Start(JobSpec Spec);

    public static Props Props() => Akka.Actor.Props.Create(() => new JobManager());

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        if (message is Start start)
            Context.ActorOf(JobSupervisor.Props(start.Spec), $"job-{++_started}");
        else
            Unhandled(message);
    }
}
