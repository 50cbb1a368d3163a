using Microsoft.Extensions.Logging;
using Millrace.Connectors.Lines;
using Millrace.Connectors.Logs;
using Millrace.Connectors.Receivers;
using Millrace.Data;
using Millrace.Time;

namespace Millrace.Connectors.Sockets;

/// <summary>Lines of UTF-8 text from a TCP server, which this source connects to as a client.</summary>
/// <remarks>
/// <para>A line ends with <c>\n</c> or <c>\r\n</c>; the last one before the server closes needs no end. A byte order mark at the start of a
/// connection is left out. Left out and counted: <c>oversized line</c> (<see cref="SocketSourceOptions.LineLengthMaxBytes"/>); kept with U+FFFD
/// and counted: <c>invalid UTF-8</c>.</para>
/// <para>When the server closes, refuses or can't be found, the source connects again, for ever or for
/// <see cref="SocketOptions.FailAfter"/>; then it throws a <see cref="SourceFailedException"/>. It never finishes by itself.</para>
/// <para>Lines received and not yet committed are held in memory, so that epochs run again in this process give the same lines; the process's end
/// loses them. With <see cref="SocketOptions.WriteAheadLog"/> they are in a log below the job's checkpoint directory first: the source is
/// replayable then, as a receiver's is. What the server sent while there was no connection was never received, nor what was still on its way:
/// the protocol has no acknowledgement.</para>
/// </remarks>
public sealed class SocketTextSource : ISource<string>, IReceiverSource
{
    private readonly SocketServer _server;
    private readonly SocketSourceOptions _options;

    /// <param name="host">Name or address of the server; each of its addresses is tried in turn.</param>
    /// <param name="port">TCP port, 1 to 65535.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <param name="logger">Told when the connection comes and goes; null for the host's, which then hears when it goes.</param>
    /// <param name="timeProvider">The clock of waits and time limits; null for the system's.</param>
    /// <exception cref="GraphException">The host is empty, the port or an option out of its range.</exception>
    public SocketTextSource(string host, int port, SocketSourceOptions? options = null, ILogger? logger = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new();
        _server = new("socket", host, port, _options, logger, timeProvider);
    }

    /// <inheritdoc/>
    public event Action<ReceiverEvent>? Changed
    {
        add => _server.Changed += value;
        remove => _server.Changed -= value;
    }

    /// <inheritdoc/>
    public string Description => _server.Source;

    /// <inheritdoc/>
    /// <remarks>Never above <see cref="SocketOptions.MaxRate"/>.</remarks>
    public RateLimiter RateLimiter => _server.RateLimiter;

    /// <inheritdoc/>
    /// <remarks>A start is a connection that was made; an error is the loss of one, or the first of several tries in vain.</remarks>
    public ReceiverStatus Status => _server.Status;

    /// <inheritdoc/>
    public bool IsReplayable => _options.WriteAheadLog == true;

    /// <inheritdoc/>
    public bool NeedsStorage => IsReplayable;

    /// <inheritdoc/>
    public int? Splits => 1;

    /// <inheritdoc/>
    public ISplitReader<string> Open(SplitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _server.Open<string, LineWeight>(
            context, new LineSplitter(Description, _options.LineLengthMaxBytes, _options.OversizedLines, context.RecordSkipped),
            IsReplayable);
    }
}
