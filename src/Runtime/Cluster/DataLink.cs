using System.IO.Pipelines;
using Millrace.Serialization;

namespace Millrace.Runtime.Cluster;

/// <summary>The one data connection between two processes. Sends are thread-safe, keep their order and never block; what comes is handed on in order, on one thread at a time.</summary>
/// <remarks>
/// <para>What is sent while a write is under way goes with the next one, so that small messages cost no call of the system each. How much can wait is bounded
/// by the credit of the channels, not here.</para>
/// <para>(made) Open → Closed, by <see cref="Dispose"/>, the other end, an error, or bytes that are no messages; once, and for good. A process that dies
/// closes it within milliseconds.</para>
/// </remarks>
internal sealed class DataLink : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stream _stream;
    private readonly Action<ReadOnlyMemory<byte>> _receive;
    private readonly Pipe _outgoing = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _firstBytesMax;
    private long _heardAtMs = Environment.TickCount64;
    private bool _isClosed;

    /// <param name="stream">The connection; the link disposes of it.</param>
    /// <param name="receive">Takes a message, which is good for the time of the call; an exception closes the link.</param>
    /// <param name="firstBytesMax">The most bytes of the first message: whoever has not said who it is gets no memory.</param>
    public DataLink(Stream stream, Action<ReadOnlyMemory<byte>> receive, int firstBytesMax = FrameFormat.MessageBytesMax) =>
        (_stream, _receive, _firstBytesMax) = (stream, receive, firstBytesMax);

    /// <summary>Completes, without an error, when the link is closed: why, for a person.</summary>
    public Task<string> Closed => _closed.Task;

    /// <summary>When bytes last came, by <see cref="Environment.TickCount64"/>; when it was made before.</summary>
    public long HeardAtMs => Volatile.Read(ref _heardAtMs);

    /// <summary>Begins to send and to receive; called once. What was sent before goes first.</summary>
    public void Start()
    {
        _ = Task.Run(SendAsync);
        _ = Task.Run(ReceiveAsync);
    }

    /// <summary>Sends a message; of one that is sent on a closed link nobody hears.</summary>
    public void Send(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            FrameFormat.Write(_outgoing.Writer, message);
            // Comes back at once: nothing pauses the writer.
#pragma warning disable CA2012 // There is nothing to wait for.
            _ = _outgoing.Writer.FlushAsync();
#pragma warning restore CA2012
        }
    }

    /// <summary>Closes it, without sending what waits.</summary>
    public void Dispose() => Close("closed by this process");

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                var waiting = await _outgoing.Reader.ReadAsync().ConfigureAwait(false);
                foreach (var part in waiting.Buffer)
                    await _stream.WriteAsync(part).ConfigureAwait(false);
                _outgoing.Reader.AdvanceTo(waiting.Buffer.End);
                if (waiting.IsCompleted)
                    break;
            }
        }
        catch (Exception cause)
        {
            Close(ReasonOf(cause));
        }
        finally
        {
            await _outgoing.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync()
    {
        var incoming = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: FrameFormat.FrameBytesMax, leaveOpen: true));
        using var assembler = new MessageAssembler(_firstBytesMax);
        try
        {
            while (true)
            {
                var read = await incoming.ReadAsync().ConfigureAwait(false);
                Volatile.Write(ref _heardAtMs, Environment.TickCount64);
                var rest = read.Buffer;
                while (assembler.TryTake(ref rest, out var message))
                {
                    _receive(message);
                    assembler.Allow(FrameFormat.MessageBytesMax);
                }

                var isWithin = assembler.IsWithin || !rest.IsEmpty;
                incoming.AdvanceTo(rest.Start, rest.End);
                if (!read.IsCompleted)
                    continue;
                Close(isWithin ? "closed by the other end within a message" : "closed by the other end");
                break;
            }
        }
        catch (Exception cause)
        {
            Close(ReasonOf(cause));
        }
        finally
        {
            await incoming.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static string ReasonOf(Exception cause) => cause switch
    {
        CorruptPayloadException => cause.Message,
        IOException { InnerException: System.Net.Sockets.SocketException socket } => $"broken ({socket.SocketErrorCode})",
        IOException or ObjectDisposedException => "broken",
        _ => Data.UserText.Of(cause),
    };

    private void Close(string reason)
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _outgoing.Writer.Complete();
        }

        _stream.Dispose();
        _closed.TrySetResult(reason);
    }
}
