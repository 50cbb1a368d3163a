using Akka.Actor;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Stands where an actor would, and keeps what it is told.</summary>
internal sealed class RecordingRef(bool isLocal = true) : MinimalActorRef
{
    public override bool IsLocal => isLocal;

    public List<object> Messages { get; } = [];

    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "recording";

    public override IActorRefProvider Provider => throw new NotSupportedException();

    protected override void TellInternal(object message, IActorRef sender) => Messages.Add(message);
}
