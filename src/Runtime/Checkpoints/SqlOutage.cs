using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Checkpoints;

/// <summary>When the database fails and when it works again: one line each, one for each further reason, and an end of patience. Thread-safe.</summary>
/// <remarks>
/// A full or read-only disk still reads: only a write that succeeds ends an outage of writes. Patience is looked at when something fails
/// again (the state machines go on trying), so that a journal that nobody uses any more never gives up.
/// </remarks>
internal sealed class SqlOutage(SqlJournalOptions options, string job, string database, ILogger logger, Action<string> giveUp)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _reasons = new(StringComparer.Ordinal);
    private bool _writesFail;
    private bool _readsFail;
    private bool _hasGivenUp;
    private long _since;

    public void WriteSucceeded() => Succeeded(isWrite: true);

    public void ReadSucceeded() => Succeeded(isWrite: false);

    public void WriteFailed(Exception fault) => Failed(fault, isWrite: true);

    public void ReadFailed(Exception fault) => Failed(fault, isWrite: false);

    private void Failed(Exception fault, bool isWrite)
    {
        string? reason = null;
        lock (_lock)
        {
            var isFirst = !_writesFail && !_readsFail;
            _writesFail |= isWrite;
            _readsFail |= !isWrite;
            var found = SqlFault.Describe(fault);
            if (isFirst)
            {
                _since = options.Time.GetTimestamp();
                _reasons.Clear();
                SqlJournalLog.OutageBegan(logger, job, database, found);
            }
            else if (!_reasons.Contains(found) && !SqlFault.IsLeftAlone(fault))
            {
                // Each reason once: a server that stops, then is not there, then read-only is told of as such.
                SqlJournalLog.OutageChanged(logger, job, database, found);
            }

            _reasons.Add(found);
            if (!isFirst && !_hasGivenUp && options.Time.GetElapsedTime(_since) >= options.OutageBudget)
            {
                _hasGivenUp = true;
                reason = found;
            }
        }

        if (reason is not null)
            giveUp($"Journal of job {job}: an answer within {options.OutageBudget.TotalSeconds} s expected, {database} {reason}; mend it and start the job again.");
    }

    private void Succeeded(bool isWrite)
    {
        lock (_lock)
        {
            if (!_writesFail && !_readsFail)
                return;
            _readsFail = false;
            _writesFail &= !isWrite;
            if (!_writesFail)
                SqlJournalLog.OutageEnded(logger, job, database, Math.Round(options.Time.GetElapsedTime(_since).TotalSeconds, 1));
        }
    }
}
