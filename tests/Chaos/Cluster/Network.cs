using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Millrace.Chaos.Cluster;

/// <summary>What nodes reach each other through: forwards their connections, and holds back what goes from one to another as long as that way is cut.</summary>
/// <remarks>
/// Needs no rights. A node listens at ports of its own and is told others; who connects is found out by the port at the other end, which Linux shows in
/// <c>/proc/net/tcp</c>. Bytes that are held back arrive when the way is open again, as TCP sends them again; a connection that is made meanwhile is
/// accepted and stays silent.
/// </remarks>
internal sealed class Network : IDisposable
{
    private readonly Lock _lock = new();
    private readonly bool[,] _isCut;
    private readonly NodePorts[] _ports;
    private readonly TcpListener?[] _listeners;
    private readonly HashSet<Passage> _passages = [];
    private readonly int[] _processes;
    private TaskCompletionSource _changed = NewSignal();

    /// <param name="nodes">How many.</param>
    public Network(int nodes)
    {
        _processes = new int[nodes];
        _isCut = new bool[nodes, nodes];
        var ports = FreePorts.Take(4 * nodes);
        _ports = [.. Enumerable.Range(0, nodes).Select(node => new NodePorts(ports[4 * node], ports[(4 * node) + 1], ports[(4 * node) + 2], ports[(4 * node) + 3]))];
        _listeners = new TcpListener?[2 * nodes];
    }

    /// <summary>Where a node listens, and where others reach it.</summary>
    internal readonly record struct NodePorts(int Control, int Data, int PublicControl, int PublicData);

    public NodePorts PortsOf(int node) => _ports[node];

    /// <summary>Whoever connects to the node, of this process, is forwarded from now on.</summary>
    public void Open(int node, int process)
    {
        Volatile.Write(ref _processes[node], process);
        Listen(2 * node, node, _ports[node].PublicControl, _ports[node].Control);
        Listen((2 * node) + 1, node, _ports[node].PublicData, _ports[node].Data);
    }

    /// <summary>The node's process is gone: its connections break, and others are refused.</summary>
    public void Close(int node)
    {
        Passage[] broken;
        lock (_lock)
        {
            _listeners[2 * node]?.Dispose();
            _listeners[(2 * node) + 1]?.Dispose();
            broken = [.. _passages.Where(passage => passage.From == node || passage.To == node)];
        }

        foreach (var passage in broken)
            passage.Abort();
    }

    /// <summary>Nothing gets from one node to the other until <see cref="Heal"/>.</summary>
    public void Cut(int from, int to)
    {
        lock (_lock)
            _isCut[from, to] = from != to;
    }

    /// <summary>Every way is open again.</summary>
    public void Heal()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            Array.Clear(_isCut);
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (var node = 0; node < _ports.Length; node++)
            Close(node);
        Heal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Listen(int index, int node, int publicPort, int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, publicPort);
        listener.Start();
        lock (_lock)
            _listeners[index] = listener;
        _ = AcceptAsync(listener, node, port);
    }

    private async Task AcceptAsync(TcpListener listener, int node, int port)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync().ConfigureAwait(false);
                _ = Task.Run(() => ForwardAsync(socket, node, port));
            }
        }
        catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
        {
            // The node is closed.
        }
    }

    private async Task ForwardAsync(Socket socket, int node, int port)
    {
        using var passage = new Passage(socket, Caller(socket), node);
        lock (_lock)
            _passages.Add(passage);
        try
        {
            await OpenAsync(passage.From, node).ConfigureAwait(false);
            await OpenAsync(node, passage.From).ConfigureAwait(false);
            await passage.Callee.ConnectAsync(IPAddress.Loopback, port).ConfigureAwait(false);
            await Task.WhenAll(
                PumpAsync(passage.Caller, passage.Callee, passage.From, node),
                PumpAsync(passage.Callee, passage.Caller, node, passage.From)).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
        {
            passage.Abort();
        }
        finally
        {
            lock (_lock)
                _passages.Remove(passage);
        }
    }

    private async Task PumpAsync(Socket source, Socket target, int from, int to)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            var count = await source.ReceiveAsync(buffer).ConfigureAwait(false);
            await OpenAsync(from, to).ConfigureAwait(false);
            if (count == 0)
            {
                target.Shutdown(SocketShutdown.Send);
                return;
            }

            for (var sent = 0; sent < count;)
                sent += await target.SendAsync(buffer.AsMemory(sent, count - sent)).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the way is open.</summary>
    private async Task OpenAsync(int from, int to)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (!_isCut[from, to])
                    return;
                changed = _changed.Task;
            }

            await changed.ConfigureAwait(false);
        }
    }

    /// <summary>Which node's process holds the other end of a connection.</summary>
    private int Caller(Socket socket)
    {
        var (near, far) = (((IPEndPoint)socket.LocalEndPoint!).Port, ((IPEndPoint)socket.RemoteEndPoint!).Port);
        foreach (var line in File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6")))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields[0] == "sl" || PortOf(fields[1]) != far || PortOf(fields[2]) != near)
                continue;
            var held = $"socket:[{fields[9]}]";
            for (var node = 0; node < _ports.Length; node++)
            {
                if (Holds(Volatile.Read(ref _processes[node]), held))
                    return node;
            }
        }

        // Closed already: wherever it came from, nothing follows.
        throw new SocketException((int)SocketError.ConnectionReset);
    }

    private static bool Holds(int process, string socket)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/fd").Any(file => new FileInfo(file).LinkTarget == socket);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int PortOf(string address) => int.Parse(address.AsSpan(address.IndexOf(':', StringComparison.Ordinal) + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>One connection of one node to another.</summary>
    private sealed class Passage(Socket caller, int from, int to) : IDisposable
    {
        public Socket Caller { get; } = caller;

        public Socket Callee { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public int From { get; } = from;

        public int To { get; } = to;

        /// <summary>Both ends get a reset.</summary>
        public void Abort()
        {
            Abort(Caller);
            Abort(Callee);
        }

        public void Dispose()
        {
            Caller.Dispose();
            Callee.Dispose();
        }

        private static void Abort(Socket socket)
        {
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
            {
                // Closed already.
            }

            socket.Dispose();
        }
    }
}
