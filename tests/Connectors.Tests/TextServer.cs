using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Millrace.Connectors.Tests;

/// <summary>A TCP server on the loopback address; port 0 takes a free one.</summary>
internal sealed class TextServer : IDisposable
{
    private readonly TcpListener _listener;

    public TextServer(int port = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>A port on which nobody listens.</summary>
    public static int FreePort()
    {
        using var server = new TextServer();
        return server.Port;
    }

    public async Task<Socket> AcceptAsync() => await _listener.AcceptSocketAsync().WaitAsync(Waiting.Timeout);

    /// <summary>Accepts one connection, sends the text and closes.</summary>
    public async Task ServeAsync(params byte[][] chunks)
    {
        using var socket = await AcceptAsync();
        foreach (var chunk in chunks)
            await SendAsync(socket, chunk);
    }

    public Task ServeAsync(string text) => ServeAsync(Encoding.UTF8.GetBytes(text));

    public static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }

    public void Dispose() => _listener.Dispose();
}
