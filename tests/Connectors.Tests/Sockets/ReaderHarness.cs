using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Millrace.Connectors.Logs;
using Millrace.Connectors.Sockets;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Sockets;

/// <summary>A reader under test, with what it counted and logged.</summary>
internal sealed class ReaderHarness : IDisposable, ILogger
{
    public static SocketSourceOptions Fast { get; } = new()
    {
        ReconnectDelayMin = TimeSpan.FromMilliseconds(5),
        ReconnectDelayMax = TimeSpan.FromMilliseconds(50),
    };

    private readonly ConcurrentDictionary<string, int> _skipped = new();

    public ReaderHarness(int port, SocketSourceOptions? options = null, string host = "127.0.0.1", TimeProvider? clock = null)
    {
        var source = new SocketTextSource(host, port, options ?? Fast, this, clock);
        Reader = (LogReader<string, LineWeight>)source.Open(new SplitContext(new PartitionId(0), 1, reason => _skipped.AddOrUpdate(reason, 1, (_, count) => count + 1)));
    }

    public LogReader<string, LineWeight> Reader { get; }

    public Task Completion => ((SocketReceiver)Reader.Input!).Completion;

    public ConcurrentQueue<(LogLevel Level, string Text)> Log { get; } = new();

    public long Received => Reader.Poll(new Epoch(1), 0);

    public int Skipped(string reason) => _skipped.GetValueOrDefault(reason);

    public Task ReceivedAtLeast(long lines) => Waiting.For(() => Received >= lines, $"{lines} lines");

    public async Task<SourceFailedException> Failed()
    {
        await Completion.WaitAsync(Waiting.Timeout);
        return Assert.Throws<SourceFailedException>(() => Received);
    }

    public List<string> Read(long from, long to)
    {
        var lines = new List<string>();
        while (from < to)
        {
            var batch = Reader.Read(from, to, out from)!;
            lines.AddRange(batch.Rows);
            batch.Release();
        }

        return lines;
    }

    public void Dispose() => Reader.Dispose();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue((logLevel, formatter(state, exception)));
}
