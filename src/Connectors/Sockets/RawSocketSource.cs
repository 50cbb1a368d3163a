using Microsoft.Extensions.Logging;
using Millrace.Connectors.Receivers;
using Millrace.Data;
using Millrace.Serialization;
using Millrace.Time;

namespace Millrace.Connectors.Sockets;

/// <summary>Rows that a TCP server sends in blocks, encoded, as Spark's <c>rawSocketStream</c>. This source connects to it as a client.</summary>
/// <remarks>
/// <para>The format, and how to write it, is in <see cref="RawSocketWriter{T}"/>. A block is taken as a whole or not at all. Left out and counted,
/// unless <see cref="RawSocketSourceOptions.BadBlocks"/> says to fail: <c>oversized block</c> (the next block goes on);
/// <c>undecodable block</c>, whose bytes are no rows of the type (the next block goes on); <c>torn block</c>, in which the connection ended;
/// <c>negative block length</c>, after which the connection is closed and made again, since nobody knows where the next block begins.</para>
/// <para>Rows of a peer that has an older or a newer version of the type are read where the change can be understood, by the rules of checkpoints.
/// Nothing that a peer sends runs code of the type: rows are read by their members, without constructors.</para>
/// <para>When the server closes, refuses or can't be found, the source connects again, for ever or for
/// <see cref="SocketOptions.FailAfter"/>; then it throws a <see cref="SourceFailedException"/>. It never finishes by itself.</para>
/// <para>Rows received and not yet committed are held in memory, so that epochs run again in this process give the same rows; the process's end
/// loses them. With <see cref="SocketOptions.WriteAheadLog"/> they are in a log below the job's checkpoint directory first, and the source is
/// replayable. What the server sent while there was no connection was never received, nor what was still on its way.</para>
/// </remarks>
public sealed class RawSocketSource<T> : ISource<T>, IReceiverSource
{
    private readonly SocketServer _server;
    private readonly RawSocketSourceOptions _options;
    private readonly Codec<T> _codec;

    /// <param name="host">Name or address of the server; each of its addresses is tried in turn.</param>
    /// <param name="port">TCP port, 1 to 65535.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <param name="logger">Told when the connection comes and goes; null for the host's, which then hears when it goes.</param>
    /// <param name="timeProvider">The clock of waits and time limits; null for the system's.</param>
    /// <exception cref="GraphException">The host is empty, the port or an option out of its range, or rows of the type can't be written.</exception>
    public RawSocketSource(string host, int port, RawSocketSourceOptions? options = null, ILogger? logger = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new();
        _server = new("raw socket", host, port, _options, logger, timeProvider);
        _codec = new CodecCatalog().Of<T>();
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
    public ISplitReader<T> Open(SplitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new RawSocketReader<T>(_server.Open<WeighedRow<T>, WeighedRowWeight<T>>(
            context, new BlockSplitter<T>(Description, _codec, _options, context.RecordSkipped), IsReplayable));
    }
}
