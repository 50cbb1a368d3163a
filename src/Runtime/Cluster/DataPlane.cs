using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.Runtime.Cluster;

/// <summary>The data connections of a node: one to each other node, over which the tasks of all jobs talk. Thread-safe.</summary>
/// <remarks>
/// Of two nodes the one with the lower uid connects, again and again until the other is gone; the first message in either direction says who it is.
/// Nothing else is taken before that, nor from a node that was declared gone.
/// </remarks>
internal sealed class DataPlane : IDisposable
{
    private const int StrangersMax = 256;
    private const int NameLengthMax = 100;
    private const int GreetingBytesMax = 1024;

    private static readonly TimeSpan GreetingMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(50);

    private readonly NodeUid _self;
    private readonly string _cluster;
    private readonly NodeTls? _tls;
    private readonly RefusalLog _refusals;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<NodeUid, PeerLink> _links = [];
    private readonly ConcurrentDictionary<NodeUid, byte> _connecting = [];
    private readonly ConcurrentDictionary<NodeUid, byte> _gone = [];
    private readonly ConcurrentDictionary<ulong, Action<ReadOnlyMemory<byte>>> _jobs = [];
    private int _strangers;

    /// <param name="self">This node.</param>
    /// <param name="cluster">The cluster's name; nodes of another one are refused.</param>
    /// <param name="endpoint">Where others connect; port 0 for any that is free.</param>
    /// <param name="tls">What both ends of a connection have to show; null where whoever reaches it is believed.</param>
    /// <param name="refusals">Told of connections that were refused.</param>
    /// <exception cref="ConfigurationException">The endpoint can't be used.</exception>
    public DataPlane(NodeUid self, string cluster, IPEndPoint endpoint, NodeTls? tls, RefusalLog refusals)
    {
        (_self, _cluster, _tls, _refusals) = (self, cluster, tls, refusals);
        _listener = new TcpListener(endpoint);
        try
        {
            _listener.Start();
        }
        catch (SocketException cause)
        {
            _listener.Dispose();
            throw new ConfigurationException($"millrace.cluster.data-port: an address that is free expected, {endpoint} found ({cause.SocketErrorCode}); stop what uses it, or choose another port.", cause);
        }

        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    /// <summary>A connection has closed, and why; raised on threads of the pool.</summary>
    public event Action<NodeUid, string>? LinkClosed;

    /// <summary>Where others connect.</summary>
    public int Port { get; }

    /// <summary>Begins to take connections; called once.</summary>
    public void Start() => _ = Task.Run(AcceptAsync);

    /// <summary>The way to a node, also before it is connected.</summary>
    public PeerLink LinkTo(NodeUid peer) => _links.GetOrAdd(peer, static _ => new PeerLink());

    /// <summary>What comes for a job goes there; a message is good for the time of the call, and an exception closes its connection.</summary>
    public void Register(ulong job, Action<ReadOnlyMemory<byte>> receive) => _jobs[job] = receive;

    public void Unregister(ulong job) => _jobs.TryRemove(job, out _);

    /// <summary>Keeps a connection to the node, if it is this one's turn to connect. May be called again.</summary>
    public void Connect(NodeUid peer, string host, int port)
    {
        if (_self.CompareTo(peer) < 0 && !_gone.ContainsKey(peer) && _connecting.TryAdd(peer, 0))
            _ = Task.Run(() => ConnectAsync(peer, host, port));
    }

    /// <summary>Says on every connection that this end lives.</summary>
    public void Ping()
    {
        foreach (var link in _links.Values)
            link.Ping();
    }

    /// <summary>Closes the connection that there is, so that another one is made.</summary>
    public void Break(NodeUid peer) => LinkTo(peer).Break();

    /// <summary>The node is gone for good.</summary>
    public void Close(NodeUid peer)
    {
        _gone[peer] = 0;
        LinkTo(peer).Close();
    }

    /// <summary>Whether somebody listens at an address: false where nobody does, so that the process is gone; null where nothing can be said.</summary>
    public static async Task<bool?> ProbeAsync(string host, int port)
    {
        using var socket = new TcpClient();
        using var patience = new CancellationTokenSource(ConnectMax);
        try
        {
            await socket.ConnectAsync(host, port, patience.Token).ConfigureAwait(false);
            return true;
        }
        catch (SocketException cause)
        {
            return cause.SocketErrorCode == SocketError.ConnectionRefused ? false : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closing.Cancel();
        _listener.Dispose();
        foreach (var link in _links.Values)
            link.Close();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptTcpClientAsync(_closing.Token).ConfigureAwait(false);
                if (Volatile.Read(ref _strangers) < StrangersMax)
                    _ = Task.Run(() => RunAsync(socket, null));
                else
                    socket.Dispose();
            }
        }
        catch (Exception cause) when (cause is OperationCanceledException or ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task ConnectAsync(NodeUid peer, string host, int port)
    {
        while (!_gone.ContainsKey(peer) && !_closing.IsCancellationRequested)
        {
            var socket = new TcpClient();
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
                patience.CancelAfter(ConnectMax);
                await socket.ConnectAsync(host, port, patience.Token).ConfigureAwait(false);
                await RunAsync(socket, (peer, host)).ConfigureAwait(false);
            }
            catch (Exception cause) when (cause is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                socket.Dispose();
            }

            await Task.Delay(ConnectPause).ConfigureAwait(false);
        }
    }

    /// <summary>One connection from its beginning to its end.</summary>
    /// <param name="socket">Owned.</param>
    /// <param name="expected">Who is at the other end; null for a connection that was taken.</param>
    private async Task RunAsync(TcpClient socket, (NodeUid Node, string Host)? expected)
    {
        Interlocked.Increment(ref _strangers);
        var isStranger = true;
        NodeUid? peer = null;
        DataLink? link = null;
        var greeted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var from = "an unknown address";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        patience.CancelAfter(GreetingMax);
        try
        {
            socket.NoDelay = true;
            from = socket.Client.RemoteEndPoint?.ToString() ?? from;
            link = new DataLink(await SecureAsync(socket, expected?.Host, patience.Token).ConfigureAwait(false), message =>
            {
                if (peer is not null)
                {
                    if (!message.IsEmpty)
                        Dispatch(message);
                    return;
                }

                var node = Greeted(Greeting.Read(message.Span), expected?.Node);
                peer = node;
                LinkTo(node).Attach(link!);
                greeted.TrySetResult();
            }, GreetingBytesMax);
            link.Send(new Greeting(_cluster, _self, expected?.Node).ToBytes());
            link.Start();
            await Task.WhenAny(greeted.Task, link.Closed, Task.Delay(Timeout.Infinite, patience.Token)).ConfigureAwait(false);
            if (!greeted.Task.IsCompleted)
                link.Dispose();
            Interlocked.Decrement(ref _strangers);
            isStranger = false;
            var reason = await link.Closed.ConfigureAwait(false);
            if (peer is { } known && LinkTo(known).Detach(link))
                LinkClosed?.Invoke(known, reason);
            else if (peer is null)
                _refusals.Write(from, reason);
        }
        catch (OperationCanceledException)
        {
            if (!_closing.IsCancellationRequested)
                _refusals.Write(from, $"A handshake of TLS within {GreetingMax.TotalSeconds} s expected, none found; see whether a node is at the other end.");
        }
        catch (AuthenticationException cause)
        {
            _refusals.Write(from, cause.Message);
        }
        catch (Exception cause) when (cause is IOException or ObjectDisposedException or SocketException or InvalidOperationException)
        {
            _refusals.Write(from, UserText.Of(cause));
        }
        finally
        {
            if (isStranger)
                Interlocked.Decrement(ref _strangers);
            link?.Dispose();
            socket.Dispose();
        }
    }

    private Task<Stream> SecureAsync(TcpClient socket, string? host, CancellationToken cancellation)
    {
        var stream = socket.GetStream();
        if (_tls is null)
            return Task.FromResult<Stream>(stream);
        return host is null ? _tls.AcceptAsync(stream, cancellation) : _tls.ConnectAsync(stream, host, cancellation);
    }

    private void Dispatch(ReadOnlyMemory<byte> message)
    {
        // Of a job that has ended here, or has not begun yet: whoever sends has channels that begin anew when it does.
        if (_jobs.TryGetValue(DataMessage.JobOf(message.Span), out var receive))
            receive(message);
    }

    private NodeUid Greeted(Greeting greeting, NodeUid? expected)
    {
        if (greeting.Cluster != _cluster)
            throw new CorruptPayloadException($"A node of cluster {_cluster} expected, one of '{UserText.OfValue(greeting.Cluster, NameLengthMax)}' found; correct millrace.cluster.name or the seeds.");
        if (greeting.To is { } to && to != _self)
            throw new CorruptPayloadException("A connection to this node expected, one to another that was here before found.");
        if (expected is { } wanted && greeting.From != wanted)
            throw new CorruptPayloadException("The node that was here before expected, another one found.");
        if (_gone.ContainsKey(greeting.From))
            throw new CorruptPayloadException("A node that lives expected, one that was declared gone found.");
        return greeting.From;
    }
}
