using Akka.Actor;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Hands appends and trims to the writer of their stream; makes it at the first. One per <see cref="SqlJournal"/>.</summary>
internal sealed class SqlWriters : UntypedActor
{
    private readonly SqlJournalSettings _settings;

    private SqlWriters(SqlJournalSettings settings) => _settings = settings;

    public static Props Props(SqlJournalSettings settings) => Akka.Actor.Props.CreateBy(new Producer(settings));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SqlStreamMessages.Append append:
                WriterOf(append.Request.Stream).Tell(append);
                break;
            case JournalMessages.Trim trim:
                WriterOf(trim.Stream).Tell(trim);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private IActorRef WriterOf(JournalStream stream)
    {
        var name = stream.ToString();
        var writer = Context.Child(name);
        return writer.IsNobody() ? Context.ActorOf(SqlStreamWriter.Props(stream, _settings), name) : writer;
    }

    private sealed class Producer(SqlJournalSettings settings) : IIndirectActorProducer
    {
        public Type ActorType => typeof(SqlWriters);

        public ActorBase Produce() => new SqlWriters(settings);

        public void Release(ActorBase actor)
        {
        }
    }
}
