using Akka;
using Akka.IO;
using Millrace.Data;

namespace Millrace.Connectors.Sockets;

/// <summary>Takes what a connection brings, one chunk at a time, and watches for silence.</summary>
internal abstract class SocketInput(TimeSpan? idleTimeout, TimeProvider clock)
{
    private static readonly Task<Done> Taken = Task.FromResult(Done.Instance);

    private ITimer? _silence;
    private Action<Exception>? _abort;

    /// <summary>Bytes of the current connection.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Whether the current connection brought what can't be cut into records.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Completes when there is room for more.</summary>
    public abstract Task Room { get; }

    /// <summary>Why the source can't go on: a record that may not be.</summary>
    public SourceFailedException? Failure { get; private set; }

    /// <summary>Completes when what has come is handed on, which takes its time where the rate is limited.</summary>
    public abstract Task Delivered { get; }

    /// <summary>Ends every wait: what has come is handed on at once.</summary>
    protected CancellationToken Stop { get; private set; }

    /// <summary>A connection is about to be made; <paramref name="abort"/> ends it, <paramref name="stop"/> all of them.</summary>
    public void Begin(Action<Exception> abort, CancellationToken stop)
    {
        (_abort, Stop, ReceivedBytes, IsBroken) = (abort, stop, 0, false);
        if (idleTimeout is not null)
            _silence = clock.CreateTimer(_ => abort(new TimeoutException()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The connection is made: from now on it may not be silent for the idle timeout.</summary>
    public void Watch()
    {
        if (ReceivedBytes == 0)
            Arm(idleTimeout);
    }

    /// <summary>The connection is over: its silence is no matter.</summary>
    public void Unwatch()
    {
        _silence?.Dispose();
        _silence = null;
    }

    /// <summary>Takes the chunk at once; the task completes when there is room for the next. On the stream's thread.</summary>
    public Task<Done> Push(ByteString chunk)
    {
        Arm(null);
        ReceivedBytes += chunk.Count;
        if (!TrySplit(chunk))
            return Taken;
        var room = Deliver();
        if (!room.IsCompleted)
            return WaitAsync(room);
        Arm(idleTimeout);
        return Taken;
    }

    /// <summary>No more bytes come, and with them ends the last record.</summary>
    /// <exception cref="SourceFailedException">A record that may not be.</exception>
    public void End()
    {
        EndSplit();
        _ = Deliver();
    }

    /// <summary>Cuts the bytes into records, which wait for <see cref="Deliver"/>.</summary>
    /// <returns>Why nothing more of this connection can be cut; null: it goes on.</returns>
    /// <exception cref="SourceFailedException">A record that may not be.</exception>
    protected abstract string? Split(ReadOnlySpan<byte> bytes);

    /// <summary>Cuts the last record of the connection.</summary>
    /// <exception cref="SourceFailedException">A record that may not be.</exception>
    protected abstract void EndSplit();

    /// <summary>Hands the records on; the task completes when there is room for more.</summary>
    protected abstract Task Deliver();

    /// <summary>Why: an exception thrown into the stream would be logged with its stack, and it goes to the user in one line already.</summary>
    private bool TrySplit(ByteString chunk)
    {
        if (Failure is not null || IsBroken)
            return false;
        try
        {
            if (Split(chunk.ToReadOnlySpan()) is not { } reason)
                return true;
            IsBroken = true;
            _abort!(new IOException(reason));
        }
        catch (SourceFailedException failure)
        {
            Failure = failure;
            _abort!(failure);
        }

        return false;
    }

    private async Task<Done> WaitAsync(Task room)
    {
        await room.ConfigureAwait(false);
        Arm(idleTimeout);
        return Done.Instance;
    }

    private void Arm(TimeSpan? dueIn) => _silence?.Change(dueIn ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
