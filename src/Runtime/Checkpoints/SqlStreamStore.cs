using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;

namespace Millrace.Runtime.Checkpoints;

/// <summary>The persistent actor of one stream, child of its <see cref="SqlStreamWriter"/>: sequence numbers are the numbers of the stream, events are chunks.</summary>
/// <remarks>
/// <para>Recovering → Ready ⇄ Persisting; a failure of any kind ends it, since only a recovery tells which numbers are taken then.</para>
/// <para>It replays nothing: the state machines read what they need.</para>
/// </remarks>
internal sealed class SqlStreamStore : UntypedPersistentActor
{
    private readonly IActorRef _writer = Context.Parent;

    private SqlStreamStore(string persistenceId) => PersistenceId = persistenceId;

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public override Recovery Recovery => Recovery.None;

    public static Props Props(string persistenceId) => Akka.Actor.Props.CreateBy(new Producer(persistenceId));

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case SqlStreamMessages.Write write:
                Persist(write.Chunks);
                break;
            case SqlStreamMessages.Trim trim:
                DeleteMessages(Math.Min(trim.Through, LastSequenceNr));
                break;
            case DeleteMessagesSuccess or DeleteMessagesFailure:
                // Why not told: whoever trims asks again with every later snapshot.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        if (message is RecoveryCompleted)
            _writer.Tell(new SqlStreamMessages.Recovered(LastSequenceNr));
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) => _writer.Tell(new SqlStreamMessages.Failed(reason));

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _writer.Tell(new SqlStreamMessages.Failed(cause));

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // Why: the plugin also calls rejected what it may still write; the actor would go on with a number too many.
        _writer.Tell(new SqlStreamMessages.Failed(cause));
        Context.Stop(Self);
    }

    private void Persist(ImmutableArray<byte[]> chunks)
    {
        var left = chunks.Length;
        PersistAll(chunks, _ =>
        {
            if (--left == 0)
                _writer.Tell(new SqlStreamMessages.Written(LastSequenceNr));
        });
    }

    private sealed class Producer(string persistenceId) : IIndirectActorProducer
    {
        public Type ActorType => typeof(SqlStreamStore);

        public ActorBase Produce() => new SqlStreamStore(persistenceId);

        public void Release(ActorBase actor)
        {
        }
    }
}
