using Millrace.Connectors.Logs;
using Millrace.Data;

namespace Millrace.Connectors.Adapters;

/// <summary>Runs what fills a log, on the pool, and tells the log how it ended.</summary>
internal sealed class InputPump<T> : IRecordInput
{
    private readonly string _source;
    private readonly RecordLog<T, CountWeight<T>> _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _run;

    public InputPump(string source, RecordLog<T, CountWeight<T>> log, Func<RecordLog<T, CountWeight<T>>, CancellationToken, Task> pump)
    {
        (_source, _log) = (source, log);
        _run = Task.Run(() => RunAsync(pump));
    }

    // Why async: what waits goes on where it is cancelled, and the input's own code is not for a task's thread.
    public void Dispose() => _ = _stopping.CancelAsync();

    /// <inheritdoc/>
    public Task DrainAsync()
    {
        Dispose();
        return _run;
    }

    private async Task RunAsync(Func<RecordLog<T, CountWeight<T>>, CancellationToken, Task> pump)
    {
        try
        {
            await pump(_log, _stopping.Token).ConfigureAwait(false);
            _log.Close();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception thrown)
        {
            var cause = thrown is AggregateException ? thrown.GetBaseException() : thrown;
            _log.Close(cause is SourceFailedException ? cause.Message : $"Source {_source}: its input failed: {UserText.Of(cause)}");
        }
    }
}
