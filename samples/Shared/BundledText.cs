using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Millrace.Samples;

/// <summary>A text server on loopback that sends the sample's bundled text, a line at a time, to the first client.</summary>
internal sealed class BundledText : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(80);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string[] _lines;
    private readonly Task _serving;

    public BundledText()
    {
        _lines = ReadLines();
        Words = _lines.Sum(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>The lines of the text.</summary>
    public static string[] ReadLines()
    {
        using var stream = typeof(BundledText).Assembly.GetManifestResourceStream("text.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Words of the text.</summary>
    public long Words { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            foreach (var line in _lines)
            {
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), _stop.Token);
                await Task.Delay(Pause, _stop.Token);
            }

            // The connection stays open until the sample has ended: a closed one would be made again.
            await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or SocketException)
        {
            // The client has gone or the program ends.
        }
    }
}
