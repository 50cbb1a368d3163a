using Microsoft.Extensions.Logging;
using Millrace.Connectors.Logs;
using Millrace.Connectors.Streams;
using Millrace.Data;

namespace Millrace.Connectors.Sockets;

/// <summary>Receives from a server until it is disposed of, or can't go on.</summary>
internal sealed class SocketReceiver : IRecordInput
{
    private readonly string _source;
    private readonly Action<SourceFailedException> _fail;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Starts to connect, on a thread of the pool.</summary>
    /// <param name="source">The source, as messages name it.</param>
    /// <param name="connector">Connects.</param>
    /// <param name="input">Takes what comes.</param>
    /// <param name="fail">Told why nothing comes any more.</param>
    /// <param name="logger">Told the same.</param>
    public SocketReceiver(string source, SocketConnector connector, SocketInput input, Action<SourceFailedException> fail, ILogger logger)
    {
        (_source, _fail, _logger) = (source, fail, logger);
        Completion = Task.Run(() => RunAsync(connector, input));
    }

    /// <summary>Completes, without an error, once nothing is received any more.</summary>
    public Task Completion { get; }

    /// <summary>Ends the connection, without waiting for it.</summary>
    public void Dispose() => _stop.Cancel();

    /// <inheritdoc/>
    public Task DrainAsync()
    {
        Dispose();
        return Completion;
    }

    private async Task RunAsync(SocketConnector connector, SocketInput input)
    {
        try
        {
            using var streams = SharedStreams.Acquire();
            await connector.RunAsync(streams, input, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            await input.Delivered.ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            await input.Delivered.ConfigureAwait(false);
            var failure = cause as SourceFailedException
                ?? new SourceFailedException($"Source {_source}: {UserText.Of(cause)}", cause);
            _fail(failure);
            SocketLog.Failed(_logger, failure.Message);
        }
    }
}
