using System.Runtime.InteropServices;
using Akka;
using Akka.IO;
using Millrace.Connectors.Lines;
using Millrace.Connectors.Logs;
using Millrace.Data;

namespace Millrace.Connectors.Sockets;

/// <summary>Turns what a connection brings into lines of the log, one chunk at a time, and watches for silence.</summary>
internal sealed class SocketInput(LineSplitter splitter, RecordLog<string, LineWeight> log, TimeSpan? idleTimeout, TimeProvider clock)
{
    private static readonly Task<Done> Taken = Task.FromResult(Done.Instance);

    private readonly List<string> _lines = [];
    private ITimer? _silence;
    private Action<Exception>? _abort;

    /// <summary>Bytes of the current connection.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Completes when there is room for more.</summary>
    public Task Room => log.Append([]);

    /// <summary>Why the source can't go on: a line that may not be.</summary>
    public SourceFailedException? Failure { get; private set; }

    /// <summary>A connection is about to be made; <paramref name="abort"/> ends it.</summary>
    public void Begin(Action<Exception> abort)
    {
        (_abort, ReceivedBytes) = (abort, 0);
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

    /// <summary>No more bytes come, and with them ends the last line.</summary>
    public void End()
    {
        splitter.End(_lines);
        _ = Deliver();
    }

    /// <summary>Why: an exception thrown into the stream would be logged with its stack, and it goes to the user in one line already.</summary>
    private bool TrySplit(ByteString chunk)
    {
        try
        {
            if (Failure is null)
                splitter.Push(chunk.ToReadOnlySpan(), _lines);
        }
        catch (SourceFailedException failure)
        {
            Failure = failure;
            _abort!(failure);
        }

        return Failure is null;
    }

    private async Task<Done> WaitAsync(Task room)
    {
        await room.ConfigureAwait(false);
        Arm(idleTimeout);
        return Done.Instance;
    }

    private Task Deliver()
    {
        var room = log.Append(CollectionsMarshal.AsSpan(_lines));
        _lines.Clear();
        return room;
    }

    private void Arm(TimeSpan? dueIn) => _silence?.Change(dueIn ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
