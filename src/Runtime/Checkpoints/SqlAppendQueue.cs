using Akka.Actor;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>The appends of one stream that are not answered yet. Belongs to <see cref="SqlJournalActor"/>.</summary>
internal sealed class SqlAppendQueue(JournalStream stream)
{
    public JournalStream Stream => stream;

    /// <value>The first is with the writer.</value>
    public Queue<SqlJournalActor.AppendRequest> Requests { get; } = new();

    /// <value>Null: the next append makes one.</value>
    public IActorRef? Writer { get; set; }

    /// <value>Whether the first request has been given to a second writer.</value>
    public bool IsRepeated { get; set; }

    /// <value>Rises with every attempt, so that the time-out of an earlier one says nothing.</value>
    public long Attempt { get; set; }
}
