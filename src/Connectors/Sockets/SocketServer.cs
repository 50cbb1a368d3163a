using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Connectors.Lines;
using Millrace.Connectors.Logs;
using Millrace.Connectors.Receivers;
using Millrace.Data;
using Millrace.Time;

namespace Millrace.Connectors.Sockets;

/// <summary>The server that a socket source connects to, and how.</summary>
internal sealed class SocketServer
{
    private const int HostLengthMax = 255;

    private readonly string _host;
    private readonly int _port;
    private readonly SocketOptions _options;
    private readonly ILogger? _logger;
    private readonly TimeProvider _clock;
    private volatile ReceiverHealth? _health;

    /// <param name="kind">The kind of source, as messages name it: <c>socket</c>.</param>
    /// <param name="host">Name or address.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="options">How to read.</param>
    /// <param name="logger">Told when the connection comes and goes; null for the host's.</param>
    /// <param name="clock">The clock of waits and time limits; null for the system's.</param>
    /// <exception cref="GraphException">The host is empty, the port or an option out of its range.</exception>
    public SocketServer(string kind, string host, int port, SocketOptions options, ILogger? logger, TimeProvider? clock)
    {
        CheckAddress(kind, host, port);
        (_host, _port, _options, _logger, _clock) = (host, port, options, logger, clock ?? TimeProvider.System);
        Source = $"{kind} {host}:{port}";
        options.Validate(Source);
        RateLimiter = new(options.InitialRate ?? options.MaxRate, options.MaxRate, clock: _clock);
    }

    /// <inheritdoc cref="IReceiverSource.Changed"/>
    public event Action<ReceiverEvent>? Changed;

    /// <inheritdoc cref="IReceiverSource.RateLimiter"/>
    public RateLimiter RateLimiter { get; }

    /// <inheritdoc cref="IReceiverSource.Status"/>
    public ReceiverStatus Status => _health?.Status ?? ReceiverStatus.None;

    /// <summary>The source, as messages name it: <c>socket localhost:9999</c>.</summary>
    public string Source { get; }

    /// <summary>Refuses a host that is empty or too long, and a port that is none.</summary>
    /// <exception cref="GraphException">It is.</exception>
    public static void CheckAddress(string kind, string host, int port)
    {
        if (string.IsNullOrWhiteSpace(host))
            throw new GraphException($"Source {kind}: host '{host}' found, a name or an address expected; give the server's, as localhost.");
        if (host.Length > HostLengthMax)
            throw new GraphException($"Source {kind}: a host of {host.Length} characters found, at most {HostLengthMax} expected; give the server's name or address, as localhost.");
        if (port is < 1 or > 65535)
            throw new GraphException($"Source {kind} {host}: port {port} found, 1 to 65535 expected; give the server's port.");
    }

    /// <summary>Starts to receive.</summary>
    /// <param name="context">The split.</param>
    /// <param name="splitter">Makes records of bytes.</param>
    /// <param name="isLogged">Whether records are on disk before the job may see them.</param>
    public ISplitReader<T> Open<T, TWeight>(SplitContext context, IRecordSplitter<T> splitter, bool isLogged)
        where TWeight : struct, IRecordWeight<T>
    {
        var logger = _logger ?? (context.Warn is { } warn ? new WarningLogger(warn) : NullLogger.Instance);
        var ahead = WriteAheadLog<T>.Of(isLogged, Source, context);
        var log = new RecordLog<T, TWeight>(_options.BufferedBytesMax, ahead, context.NowMs);
        var health = new ReceiverHealth(change => Changed?.Invoke(change));
        _health = health;
        var input = new SocketInput<T, TWeight>(splitter, log, RateLimiter, _options.IdleTimeout, _clock);
        var connector = new SocketConnector(Source, _host, _port, _options, health, logger, _clock);
        var receiver = context.IsDraining ? null : new SocketReceiver(Source, connector, input, log.Fail, logger);
        var reader = new LogReader<T, TWeight>(log, receiver);
        return ahead is null ? reader : new WriteAheadReader<T>(reader, ahead, receiver?.Completion ?? Task.CompletedTask);
    }
}
