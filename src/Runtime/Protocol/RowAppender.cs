namespace Millrace.Runtime.Protocol;

/// <summary>Appends rows to a stream that only this process writes: one append outstanding, an unknown outcome looked up, the same row tried again.</summary>
/// <param name="isSame">Written, found: is it the row that was tried before?</param>
/// <param name="unknownIsSuccess">A deliberate mistake.</param>
internal sealed class RowAppender(
    JournalStream stream, long retryMs, Func<JournalRows.Row, JournalRows.Row, bool> isSame, bool unknownIsSuccess)
{
    private JournalRows.Row? _writing;
    private long _nextNumber = 1;
    private long _request;

    public JournalStream Stream { get; } = stream;

    public bool IsIdle => _writing is null;

    /// <value>When <see cref="OnTick"/> is due; <see cref="long.MaxValue"/>: not at all.</value>
    public long RetryAtMs { get; private set; } = long.MaxValue;

    /// <value>Somebody else has written to the stream: this process is not what it takes itself for.</value>
    public bool IsForeign { get; private set; }

    public void Append(JournalRows.Row row, List<IWorkerEffect> effects)
    {
        _writing = row;
        effects.Add(new JournalMessages.Append(Stream, _nextNumber, [row]));
    }

    /// <returns>The number of the row when it is durable now; 0: not yet.</returns>
    public long OnAppended(JournalMessages.Appended appended, long nowMs, List<IWorkerEffect> effects)
    {
        if (_writing is null || appended.FirstNumber != _nextNumber || RetryAtMs != long.MaxValue)
        {
            return 0;
        }

        if (appended.Outcome == AppendOutcome.Ok || (appended.Outcome == AppendOutcome.Unknown && unknownIsSuccess))
        {
            return Durable(appended.NextNumber);
        }

        if (appended.Outcome == AppendOutcome.Conflict)
        {
            LookUp(effects);
        }
        else
        {
            RetryAtMs = nowMs + retryMs;
        }

        return 0;
    }

    /// <inheritdoc cref="OnAppended"/>
    public long OnRowsRead(JournalMessages.RowsRead read, List<IWorkerEffect> effects)
    {
        if (_writing is null || read.Request != _request)
        {
            return 0;
        }

        _request++;
        if (read.Rows.IsEmpty)
        {
            Append(_writing, effects);
            return 0;
        }

        if (read.Rows[0].Number == _nextNumber && isSame(_writing, read.Rows[0].Row))
        {
            return Durable(read.Rows[0].NextNumber);
        }

        IsForeign = true;
        return 0;
    }

    public void OnReadFailed(JournalMessages.ReadFailed failed, long nowMs)
    {
        if (_writing is not null && failed.Request == _request)
        {
            RetryAtMs = nowMs + retryMs;
        }
    }

    public void OnTick(long nowMs, List<IWorkerEffect> effects)
    {
        if (nowMs >= RetryAtMs)
        {
            LookUp(effects);
        }
    }

    private void LookUp(List<IWorkerEffect> effects)
    {
        RetryAtMs = long.MaxValue;
        effects.Add(new JournalMessages.Read(Stream, _nextNumber, ++_request));
    }

    private long Durable(long nextNumber)
    {
        var number = _nextNumber;
        _nextNumber = nextNumber;
        _writing = null;
        return number;
    }
}
