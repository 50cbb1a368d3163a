using Akka.Actor;
using Akka.Persistence;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Gives the appends of a <see cref="SqlJournal"/> to one writer a stream, one at a time, and answers every one of them.</summary>
/// <remarks>
/// A writer that fails is given up, and its append answered <see cref="AppendOutcome.Unknown"/>. There are two cases in which the same append goes to
/// a second writer, since nothing of it can have been written: the first remembers a lower number than the append asks for (another process
/// wrote the stream since), or the database undid the transaction because a number in it was taken (perhaps that of another stream).
/// </remarks>
internal sealed class SqlJournalActor : ReceiveActor, IWithTimers
{
    private readonly SqlJournalContext _journal;
    private readonly Dictionary<JournalStream, SqlAppendQueue> _queues = [];
    private readonly Dictionary<IActorRef, SqlAppendQueue> _queueOfWriter = [];
    private readonly IActorRef _plugin = Persistence.Instance.Apply(Context.System).JournalFor(SqlPlugin.JournalId);
    private long _writers;
    private bool _trimFails;

    public SqlJournalActor(SqlJournalContext journal)
    {
        _journal = journal;
        Receive<AppendRequest>(OnRequest);
        Receive<SqlStreamActor.Written>(written => OnWritten(written));
        Receive<SqlStreamActor.Misplaced>(misplaced => OnMisplaced(misplaced));
        Receive<SqlStreamActor.Failed>(failed => OnFailed(failed.Cause));
        Receive<Terminated>(terminated => OnTerminated(terminated));
        Receive<TimedOut>(OnTimedOut);
        Receive<JournalMessages.Trim>(trim => _plugin.Tell(new DeleteMessagesTo(journal.PersistenceId(trim.Stream), trim.Through, Self)));
        Receive<DeleteMessagesSuccess>(_ => _trimFails = false);
        Receive<DeleteMessagesFailure>(OnTrimFailed);
    }

    /// <summary>An append, and where its answer goes. The answer must not throw.</summary>
    internal sealed record AppendRequest(JournalMessages.Append Append, Action<JournalMessages.Appended> Answer);

    private sealed record TimedOut(SqlAppendQueue Queue, long Attempt);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(SqlJournalContext journal) => Akka.Actor.Props.Create(() => new SqlJournalActor(journal));

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (var request in _queues.Values.SelectMany(queue => queue.Requests))
            request.Answer(SqlJournal.Unknown(request.Append));
        base.PostStop();
    }

    /// <inheritdoc/>
    // Why: a writer that is restarted would have lost the append; the end of one is an answer.
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    private void OnRequest(AppendRequest request)
    {
        if (!_queues.TryGetValue(request.Append.Stream, out var queue))
            _queues[request.Append.Stream] = queue = new(request.Append.Stream);
        queue.Requests.Enqueue(request);
        if (queue.Requests.Count == 1)
            Start(queue);
    }

    private void Start(SqlAppendQueue queue)
    {
        queue.Attempt++;
        queue.Writer ??= CreateWriter(queue);
        Timers.StartSingleTimer(queue, new TimedOut(queue, queue.Attempt), _journal.Options.AppendTimeout);
        queue.Writer.Tell(queue.Requests.Peek().Append);
    }

    private IActorRef CreateWriter(SqlAppendQueue queue)
    {
        var props = SqlStreamActor.Props(_journal.PersistenceId(queue.Stream), _journal.Options.ChunkSizeBytes);
        var writer = Context.Watch(Context.ActorOf(props, $"{queue.Stream}-{++_writers}"));
        _queueOfWriter[writer] = queue;
        return writer;
    }

    private void OnWritten(SqlStreamActor.Written written)
    {
        if (!_queueOfWriter.TryGetValue(Sender, out var queue))
            return;
        _journal.Outage.WriteSucceeded();
        Answer(queue, AppendOutcome.Ok, written.NextNumber);
    }

    private void OnMisplaced(SqlStreamActor.Misplaced misplaced)
    {
        if (!_queueOfWriter.TryGetValue(Sender, out var queue))
            return;
        var append = queue.Requests.Peek().Append;
        var isGap = misplaced.LastNumber < append.FirstNumber - 1;
        if (isGap && !queue.IsRepeated)
        {
            Repeat(queue);
            return;
        }

        if (isGap)
            SqlJournalLog.GapRefused(_journal.Logger, _journal.Job, $"{queue.Stream}", misplaced.LastNumber + 1, append.FirstNumber);
        Answer(queue, AppendOutcome.Conflict, append.FirstNumber);
    }

    private void OnFailed(Exception cause)
    {
        if (!_queueOfWriter.TryGetValue(Sender, out var queue))
            return;
        var isCollision = SqlFault.IsCollision(cause);
        if (isCollision && !queue.IsRepeated)
        {
            Repeat(queue);
            return;
        }

        if (!isCollision)
            _journal.Outage.WriteFailed(cause);
        GiveUpWriter(queue);
        Answer(queue, AppendOutcome.Unknown, queue.Requests.Peek().Append.FirstNumber);
    }

    private void OnTerminated(Terminated terminated)
    {
        // A writer that is known here has said nothing of its end.
        if (!_queueOfWriter.Remove(terminated.ActorRef, out var queue))
            return;
        queue.Writer = null;
        if (queue.Requests.TryPeek(out var request))
            Answer(queue, AppendOutcome.Unknown, request.Append.FirstNumber);
    }

    private void OnTimedOut(TimedOut timedOut)
    {
        var queue = timedOut.Queue;
        if (timedOut.Attempt != queue.Attempt || queue.Requests.Count == 0)
            return;
        _journal.Outage.WriteFailed(new TimeoutException());
        GiveUpWriter(queue);
        Answer(queue, AppendOutcome.Unknown, queue.Requests.Peek().Append.FirstNumber);
    }

    private void OnTrimFailed(DeleteMessagesFailure failure)
    {
        if (!_trimFails)
            SqlJournalLog.TrimFailed(_journal.Logger, _journal.Job, _journal.Database.Name, SqlFault.Describe(failure.Cause));
        _trimFails = true;
    }

    private void Repeat(SqlAppendQueue queue)
    {
        GiveUpWriter(queue);
        queue.IsRepeated = true;
        Start(queue);
    }

    private void GiveUpWriter(SqlAppendQueue queue)
    {
        if (queue.Writer is not { } writer)
            return;
        _queueOfWriter.Remove(writer);
        Context.Stop(writer);
        queue.Writer = null;
    }

    private void Answer(SqlAppendQueue queue, AppendOutcome outcome, long nextNumber)
    {
        Timers.Cancel(queue);
        queue.IsRepeated = false;
        var request = queue.Requests.Dequeue();
        request.Answer(new(queue.Stream, request.Append.FirstNumber, outcome, nextNumber));
        if (queue.Requests.Count > 0)
            Start(queue);
    }
}
