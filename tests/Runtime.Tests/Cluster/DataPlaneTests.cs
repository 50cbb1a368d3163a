using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Millrace.Runtime.Cluster;
using Millrace.Runtime.Tests.Support;
using Millrace.Serialization;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>Two planes that speak to each other, and strangers that speak to one of them.</summary>
public sealed class DataPlaneTests : IDisposable
{
    private const string Cluster = "test";
    private const ulong Job = 5;
    private const int Strangers = 300;
    private const int BytesMax = 400;

    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : Environment.TickCount & 0xFFFF;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly LogLines _log = new();
    private readonly BlockingCollection<byte[]> _received = [];
    private readonly List<IDisposable> _opened = [];

    public void Dispose()
    {
        foreach (var opened in Enumerable.Reverse(_opened))
            opened.Dispose();
        _received.Dispose();
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_plane_that_is_sent_garbage_still_serves_its_peers(bool isSecure)
    {
        var (server, client) = Planes(isSecure ? new TestAuthority(_folder.FullName, "ours") : null);
        var random = new Random(Seed);
        await SayAsync(client, server.Node, 0);

        for (var stranger = 1; stranger <= Strangers; stranger++)
        {
            using var socket = await ConnectAsync(server.Plane);
            await socket.GetStream().WriteAsync(Garbage(random));
            if (stranger % 10 != 0)
                continue;
            Assert.True(await SayAsync(client, server.Node, (byte)stranger), $"MILLRACE_SEED={Seed}: a message behind {stranger} strangers expected, none found.");
        }

        Assert.All(_log.All, line => Assert.DoesNotContain('\n', line));
    }

    [Fact]
    public async Task Strangers_that_say_nothing_hold_nobody_up()
    {
        var (server, client) = Planes(new TestAuthority(_folder.FullName, "ours"));
        for (var stranger = 0; stranger < 100; stranger++)
            _opened.Add(await ConnectAsync(server.Plane));

        Assert.True(await SayAsync(client, server.Node, 1));
    }

    [Fact]
    public async Task A_greeting_that_goes_on_is_cut_off_before_it_costs_memory()
    {
        var (server, _) = Planes(null);
        using var socket = await ConnectAsync(server.Plane);

        await socket.GetStream().WriteAsync(Frame(new byte[200_000]));

        using var answer = new MemoryStream();
        await ReadToEndAsync(socket, answer);
        Assert.EndsWith(
            "A message of at most 1024 bytes expected, a longer one found; see whether a node of Millrace is at the other end.", await _log.FirstAsync().WaitAsync(TestHost.Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plane_with_tls_takes_no_greeting_without()
    {
        var (server, _) = Planes(new TestAuthority(_folder.FullName, "ours"));
        using var socket = await ConnectAsync(server.Plane);

        await socket.GetStream().WriteAsync(Frame(new Greeting(Cluster, new(1), null).ToBytes()));

        // An alert of TLS, or nothing; then the end.
        using var answer = new MemoryStream();
        await ReadToEndAsync(socket, answer);
        Assert.InRange(answer.Length, 0, 16);
        Assert.Contains("A handshake of TLS with a node expected", await _log.FirstAsync().WaitAsync(TestHost.Patience), StringComparison.Ordinal);
    }

    private static async Task ReadToEndAsync(TcpClient socket, Stream to)
    {
        try
        {
            await socket.GetStream().CopyToAsync(to).WaitAsync(TestHost.Patience);
        }
        catch (IOException)
        {
        }
    }

    private ((DataPlane Plane, NodeUid Node) Server, DataPlane Client) Planes(TestAuthority? authority)
    {
        if (authority is not null)
            _opened.Add(authority);
        var (low, high) = (new NodeUid(10), new NodeUid(20));
        var server = Plane(high, authority?.Node("server"));
        var client = Plane(low, authority?.Node("client"));
        server.Register(Job, message => _received.Add(message.ToArray()));
        server.Start();
        client.Connect(high, "127.0.0.1", server.Port);
        return ((server, high), client);
    }

    private DataPlane Plane(NodeUid node, Runtime.Configuration.TlsOptions? options)
    {
        var tls = options is null ? null : new NodeTls(options);
        if (tls is not null)
            _opened.Add(tls);
        var plane = new DataPlane(node, Cluster, new IPEndPoint(IPAddress.Loopback, 0), tls, new RefusalLog(_log));
        _opened.Add(plane);
        return plane;
    }

    /// <summary>Sends a message, which waits for a connection if there is none, and takes it at the other end.</summary>
    private Task<bool> SayAsync(DataPlane client, NodeUid to, byte text) => Task.Run(() =>
    {
        using var writer = new CodecWriter();
        writer.WriteByte(0);
        writer.WriteFixed64(Job);
        writer.WriteByte(text);
        client.LinkTo(to).Send(writer.WrittenSpan);
        return _received.TryTake(out var message, TestHost.Patience) && message[^1] == text;
    });

    private static async Task<TcpClient> ConnectAsync(DataPlane plane)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, plane.Port);
        return socket;
    }

    private static byte[] Garbage(Random random)
    {
        var noise = new byte[random.Next(1, BytesMax)];
        random.NextBytes(noise);
        var greeting = new Greeting(Cluster, new((ulong)random.Next(30, 1000)), null).ToBytes();
        return random.Next(5) switch
        {
            0 => noise,
            1 => Frame(noise),
            2 => [.. Frame(greeting), .. noise],
            3 => [.. Frame(greeting), .. Frame(noise)],
            _ => [0xFF, 0xFF, 0xFF, 0x7F],
        };
    }

    private static byte[] Frame(byte[] message)
    {
        var to = new ArrayBufferWriter<byte>();
        FrameFormat.Write(to, message);
        return to.WrittenSpan.ToArray();
    }
}
