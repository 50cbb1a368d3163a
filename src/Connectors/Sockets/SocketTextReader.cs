using Microsoft.Extensions.Logging;
using Millrace.Connectors.Logs;
using Millrace.Connectors.Streams;
using Millrace.Data;

namespace Millrace.Connectors.Sockets;

/// <summary>The one split of a <see cref="SocketTextSource"/>. Offsets count the lines received since it was opened.</summary>
internal sealed class SocketTextReader : ISplitReader<string>
{
    private readonly string _source;
    private readonly RecordLog<string, LineWeight> _lines;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Starts to connect, on a thread of the pool.</summary>
    public SocketTextReader(string source, SocketConnector connector, SocketInput input, RecordLog<string, LineWeight> lines, ILogger logger)
    {
        (_source, _lines, _logger) = (source, lines, logger);
        Completion = Task.Run(() => RunAsync(connector, input));
    }

    /// <inheritdoc/>
    public bool IsFinished => false;

    /// <summary>Completes, without an error, once nothing is received any more.</summary>
    internal Task Completion { get; }

    /// <summary>Memory of the lines held, in bytes.</summary>
    internal long BufferedBytes => _lines.Weight;

    /// <inheritdoc/>
    public long Poll(Epoch epoch, long nowMs) => _lines.Poll(out _);

    /// <inheritdoc/>
    public Batch<string>? Read(long from, long to, out long next)
    {
        var batch = _lines.Read(from, to);
        next = from + (batch?.Count ?? 0);
        return batch;
    }

    /// <inheritdoc/>
    public void Release(long offset) => _lines.Release(offset);

    /// <summary>Ends the connection, without waiting for it.</summary>
    public void Dispose() => _stop.Cancel();

    private async Task RunAsync(SocketConnector connector, SocketInput input)
    {
        try
        {
            using var streams = SharedStreams.Acquire();
            await connector.RunAsync(streams, input, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception cause)
        {
            var failure = cause as SourceFailedException
                ?? new SourceFailedException($"Source {_source}: {cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}", cause);
            _lines.Fail(failure);
            SocketLog.Failed(_logger, failure.Message);
        }
    }
}
