using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Checkpoints;

/// <summary>When the database fails and when it works again: one line each, and an end of patience. Thread-safe.</summary>
/// <remarks>A full or read-only disk still reads: only a write that succeeds ends an outage of writes.</remarks>
internal sealed class SqlOutage(SqlJournalOptions options, string job, string database, ILogger logger, Action<string> giveUp) : IDisposable
{
    private readonly Lock _lock = new();
    private bool _writesFail;
    private bool _readsFail;
    private bool _hasGivenUp;
    private string _reason = "";
    private long _since;
    private ITimer? _patience;

    public void WriteSucceeded() => Succeeded(isWrite: true);

    public void ReadSucceeded() => Succeeded(isWrite: false);

    public void WriteFailed(Exception fault) => Failed(fault, isWrite: true);

    public void ReadFailed(Exception fault) => Failed(fault, isWrite: false);

    /// <summary>Says so once, at once: what is wrong is not mended by waiting.</summary>
    public void GiveUp(string reason)
    {
        lock (_lock)
        {
            if (_hasGivenUp)
                return;
            _hasGivenUp = true;
        }

        giveUp(reason);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _patience?.Dispose();
            _hasGivenUp = true;
        }
    }

    private void Failed(Exception fault, bool isWrite)
    {
        lock (_lock)
        {
            var isFirst = !_writesFail && !_readsFail;
            _writesFail |= isWrite;
            _readsFail |= !isWrite;
            if (!isFirst)
                return;
            _reason = SqlFault.Describe(fault);
            _since = options.Time.GetTimestamp();
            _patience = options.Time.CreateTimer(_ => OnBudgetSpent(), null, options.OutageBudget, Timeout.InfiniteTimeSpan);
            SqlJournalLog.OutageBegan(logger, job, database, _reason);
        }
    }

    private void Succeeded(bool isWrite)
    {
        lock (_lock)
        {
            if (!_writesFail && !_readsFail)
                return;
            _readsFail = false;
            _writesFail &= !isWrite;
            if (_writesFail)
                return;
            _patience?.Dispose();
            _patience = null;
            SqlJournalLog.OutageEnded(logger, job, database, Math.Round(options.Time.GetElapsedTime(_since).TotalSeconds, 1));
        }
    }

    private void OnBudgetSpent()
    {
        lock (_lock)
        {
            // Why: the timer may have fired just before the success that ended it.
            if (_patience is null)
                return;
        }

        GiveUp($"The journal works within {options.OutageBudget.TotalSeconds} s expected, {database} {_reason}; mend it and start the job again.");
    }
}
