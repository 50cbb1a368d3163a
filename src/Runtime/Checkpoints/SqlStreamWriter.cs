using System.Collections.Immutable;
using Akka.Actor;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Answers every append to one stream, whatever becomes of the persistent actor below. Child of <see cref="SqlWriters"/>.</summary>
/// <remarks>
/// No store → Recovering → Ready ⇄ Writing; whenever the store ends, what was being written is answered, and the next append makes another store,
/// which learns from the database which numbers are taken. Appends are worked off one at a time, in order.
/// </remarks>
internal sealed class SqlStreamWriter : UntypedActor
{
    private readonly JournalStream _stream;
    private readonly SqlJournalSettings _settings;
    private readonly Queue<SqlStreamMessages.Append> _appends = new();
    private IActorRef? _store;
    private bool _isReady;
    private bool _isWriting;

    // Of the append at the head: another row stood at its number, and it was rolled back.
    private bool _hasCollided;
    private long _lastNumber;
    private long _trimThrough;

    private SqlStreamWriter(JournalStream stream, SqlJournalSettings settings)
    {
        _stream = stream;
        _settings = settings;
    }

    public static Props Props(JournalStream stream, SqlJournalSettings settings) =>
        Akka.Actor.Props.CreateBy(new Producer(stream, settings));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SqlStreamMessages.Append append:
                _appends.Enqueue(append);
                Next();
                break;
            case JournalMessages.Trim trim:
                _trimThrough = Math.Max(_trimThrough, trim.Through);
                Next();
                break;
            case SqlStreamMessages.Recovered recovered:
                OnRecovered(recovered);
                break;
            case SqlStreamMessages.Written written:
                OnWritten(written);
                break;
            case SqlStreamMessages.Failed failed:
                OnFailed(failed);
                break;
            case Terminated:
                OnStoreEnded();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnRecovered(SqlStreamMessages.Recovered recovered)
    {
        _settings.Outage.ReadSucceeded();
        _isReady = true;
        _lastNumber = recovered.LastNumber;
        if (_hasCollided)
        {
            _hasCollided = false;

            // Why not always a conflict: the plugin writes several streams in one transaction, and another one may have collided.
            Answer(_lastNumber >= _appends.Peek().Request.FirstNumber ? AppendOutcome.Conflict : AppendOutcome.Unknown);
        }

        Next();
    }

    private void OnWritten(SqlStreamMessages.Written written)
    {
        _settings.Outage.WriteSucceeded();
        _isWriting = false;
        _lastNumber = written.LastNumber;
        Answer(AppendOutcome.Ok);
        Next();
    }

    private void OnFailed(SqlStreamMessages.Failed failed)
    {
        if (_isWriting && SqlFault.IsCollision(failed.Cause))
            _hasCollided = true;
        else if (_isWriting)
            _settings.Outage.WriteFailed(failed.Cause);
        else
            _settings.Outage.ReadFailed(failed.Cause);
    }

    private void OnStoreEnded()
    {
        _store = null;
        var isUnanswered = (_isWriting && !_hasCollided) || !_isReady;
        _isReady = false;
        _isWriting = false;
        if (isUnanswered)
        {
            _hasCollided = false;
            _trimThrough = 0;
            if (_appends.Count > 0)
                Answer(AppendOutcome.Unknown);
        }

        Next();
    }

    private void Next()
    {
        if (_appends.Count == 0 && _trimThrough == 0)
            return;
        if (_store is null)
        {
            _store = Context.ActorOf(SqlStreamStore.Props(_settings.PersistenceId(_stream)));
            Context.Watch(_store);
        }

        if (!_isReady || _isWriting)
            return;
        if (_trimThrough > 0)
        {
            _store.Tell(new SqlStreamMessages.Trim(_trimThrough));
            _trimThrough = 0;
        }

        while (!_isWriting && _appends.Count > 0)
            Write(_appends.Peek().Request);
    }

    private void Write(JournalMessages.Append request)
    {
        if (request.FirstNumber != _lastNumber + 1)
        {
            if (request.FirstNumber > _lastNumber + 1)
                SqlJournalLog.GapRefused(_settings.Logger, _settings.Job, _stream.ToString(), _lastNumber + 1, request.FirstNumber);
            Answer(AppendOutcome.Conflict);
            return;
        }

        ImmutableArray<byte[]> chunks;
        try
        {
            chunks = [.. request.Rows.SelectMany(row => RowCodec.Encode(row, _settings.ChunkSizeBytes))];
        }
        catch (InvalidOperationException cause)
        {
            _settings.Outage.GiveUp(cause.Message);
            Answer(AppendOutcome.Unknown);
            return;
        }

        if (chunks.IsEmpty)
        {
            Answer(AppendOutcome.Ok);
            return;
        }

        _isWriting = true;
        _store.Tell(new SqlStreamMessages.Write(chunks));
    }

    private void Answer(AppendOutcome outcome)
    {
        var (request, answer) = _appends.Dequeue();
        answer(new(_stream, request.FirstNumber, outcome, outcome == AppendOutcome.Ok ? _lastNumber + 1 : request.FirstNumber));
    }

    private sealed class Producer(JournalStream stream, SqlJournalSettings settings) : IIndirectActorProducer
    {
        public Type ActorType => typeof(SqlStreamWriter);

        public ActorBase Produce() => new SqlStreamWriter(stream, settings);

        public void Release(ActorBase actor)
        {
        }
    }
}
