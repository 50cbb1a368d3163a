using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Writes one stream: its persistence id is the stream, its sequence numbers are the numbers of the chunks. Child of <see cref="SqlJournalActor"/>.</summary>
/// <remarks>
/// Recovering → Ready → ended by the first failure. It recovers its last number alone and reads no row. After a failure nobody knows that number,
/// so it reports the failure and stops; the next append gets a fresh one.
/// </remarks>
internal sealed class SqlStreamActor(string persistenceId, int chunkSizeBytes) : UntypedPersistentActor
{
    /// <summary>All chunks are written.</summary>
    internal sealed record Written(long NextNumber);

    /// <summary>Nothing was written: another number than that of the append comes next.</summary>
    internal sealed record Misplaced(long LastNumber);

    /// <summary>It may be written or not. The last message of this actor.</summary>
    internal sealed record Failed(Exception Cause);

    /// <inheritdoc/>
    public override string PersistenceId => persistenceId;

    /// <inheritdoc/>
    public override Recovery Recovery => Recovery.None;

    public static Props Props(string persistenceId, int chunkSizeBytes) =>
        Akka.Actor.Props.Create(() => new SqlStreamActor(persistenceId, chunkSizeBytes));

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        if (message is JournalMessages.Append append)
            OnAppend(append);
        else
            Unhandled(message);
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) => Context.Parent.Tell(new Failed(reason));

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Context.Parent.Tell(new Failed(cause));

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // Why stop: the numbers of rejected chunks are used up here, while the database may not hold them; some rejections were failed writes, too.
        Context.Parent.Tell(new Failed(cause));
        Context.Stop(Self);
    }

    private void OnAppend(JournalMessages.Append append)
    {
        if (LastSequenceNr + 1 != append.FirstNumber)
        {
            Context.Parent.Tell(new Misplaced(LastSequenceNr));
            return;
        }

        if (!TryEncode(append.Rows, out var chunks))
            return;
        if (chunks is [var only])
        {
            Persist(only, _ => OnPersisted());
            return;
        }

        var missing = chunks.Count;
        PersistAll(chunks, _ =>
        {
            if (--missing == 0)
                OnPersisted();
        });
    }

    private bool TryEncode(ImmutableArray<JournalRows.Row> rows, out List<byte[]> chunks)
    {
        chunks = new List<byte[]>(rows.Length);
        try
        {
            foreach (var row in rows)
                chunks.AddRange(RowCodec.Encode(row, chunkSizeBytes));
            return true;
        }
        catch (InvalidOperationException cause)
        {
            Context.Parent.Tell(new Failed(cause));
            Context.Stop(Self);
            return false;
        }
    }

    private void OnPersisted() => Context.Parent.Tell(new Written(LastSequenceNr + 1));
}
