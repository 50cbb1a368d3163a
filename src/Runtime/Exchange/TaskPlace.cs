using Akka.Actor;

namespace Millrace.Runtime.Exchange;

/// <summary>Where what is meant for a task goes: to its actor in this process, or to the process that holds the task now. Thread-safe.</summary>
/// <remarks>The worker moves it before it tells any task of the attempt: what is sent for a new generation goes to its owner, and what goes astray is of an older one.</remarks>
/// <param name="actor">The task's actor in this process, whether or not it holds the task.</param>
internal sealed class TaskPlace(IActorRef actor)
{
    private volatile IRemoteTask? _remote;

    /// <summary>Whether the task is in this process.</summary>
    public bool IsLocal => _remote is null;

    /// <summary>Says who holds the task; null for this process.</summary>
    public void MoveTo(IRemoteTask? remote) => _remote = remote;

    public void Send(ChannelItem item)
    {
        if (_remote is { } remote)
            remote.Send(item);
        else
            actor.Tell(item, ActorRefs.NoSender);
    }

    public void Send(Credit credit)
    {
        if (_remote is { } remote)
            remote.Send(credit);
        else
            actor.Tell(credit, ActorRefs.NoSender);
    }
}
