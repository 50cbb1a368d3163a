using System.Net.Sockets;
using Millrace.Connectors.Receivers;

namespace Millrace.Connectors.Sockets;

/// <summary>Connects to a server and stores, one by one, the records that a function of the user's makes of its bytes.</summary>
/// <remarks>The function runs on the thread of the start. It is interrupted by the end of its stream: reading throws once the receiver is stopped.</remarks>
internal sealed class SocketStreamReceiver<T>(string host, int port, Func<Stream, IEnumerable<T>> converter) : Receiver<T>
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private TcpClient? _client;

    /// <inheritdoc/>
    protected internal override void OnStart()
    {
        using var client = new TcpClient();
        lock (_lock)
        {
            // Why asked here: a stop that has come before finds no connection to close.
            if (IsStopped)
                return;
            _client = client;
        }

        var doing = "the server can't be reached";
        try
        {
            Connect(client);
            doing = "reading failed";
            foreach (var record in converter(client.GetStream()) ?? throw new InvalidOperationException("the converter returned null, a sequence expected"))
            {
                if (IsStopped || !Store(record))
                    return;
            }

            Restart("closed by the server");
        }
        catch (Exception error)
        {
            // What is interrupted by the stop is no failure.
            if (!IsStopped)
                Restart(doing, error);
        }
    }

    /// <inheritdoc/>
    protected internal override void OnStop()
    {
        lock (_lock)
            _client?.Dispose();
    }

    private void Connect(TcpClient client)
    {
        using var patience = new CancellationTokenSource(ConnectTimeout);
        try
        {
            client.ConnectAsync(host, port, patience.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"no answer within {ConnectTimeout.TotalSeconds} s", late);
        }

        client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    }
}
