namespace Millrace.Runtime.Protocol;

/// <summary>Appends rows to the stream of one process: one append outstanding, an unknown outcome looked up and the same row tried again.</summary>
internal sealed class RowAppender(JournalStream stream, long retryMs, ProtocolFaults faults)
{
    private long _request;

    /// <value>The row on its way; null: none.</value>
    public JournalRows.Row? Writing { get; private set; }

    /// <value>The number of the row on its way, or of the next one.</value>
    public long NextNumber { get; private set; } = 1;

    /// <value>When <see cref="OnTick"/> is due.</value>
    public long RetryAtMs { get; private set; } = long.MaxValue;

    /// <value>Somebody else's row stands where this process wrote: whoever that is, this one is not alone under its name.</value>
    public bool IsForeign { get; private set; }

    public void Append(JournalRows.Row row, List<IWorkerEffect> effects)
    {
        Writing = row;
        effects.Add(new JournalMessages.Append(stream, NextNumber, [row]));
    }

    public void OnTick(long nowMs, List<IWorkerEffect> effects)
    {
        if (nowMs >= RetryAtMs)
        {
            LookUp(effects);
        }
    }

    /// <returns>The row that is durable by now, and its number; null: none.</returns>
    public (JournalRows.Row Row, long Number)? OnAppended(JournalMessages.Appended appended, long nowMs, List<IWorkerEffect> effects)
    {
        if (Writing is null || appended.Stream != stream || appended.FirstNumber != NextNumber || RetryAtMs != long.MaxValue)
        {
            return null;
        }

        if (appended.Outcome == AppendOutcome.Ok
            || (appended.Outcome == AppendOutcome.Unknown && (faults & ProtocolFaults.UnknownWriteIsSuccess) != ProtocolFaults.None))
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

        return null;
    }

    /// <inheritdoc cref="OnAppended"/>
    public (JournalRows.Row Row, long Number)? OnRowsRead(JournalMessages.RowsRead read, List<IWorkerEffect> effects)
    {
        if (Writing is null || read.Stream != stream || read.Request != _request)
        {
            return null;
        }

        _request++;
        if (read.Rows.IsEmpty)
        {
            Append(Writing, effects);
            return null;
        }

        IsForeign = !IsOwn(read.Rows[0].Row);
        return IsForeign ? null : Durable(read.Rows[0].NextNumber);
    }

    public void OnReadFailed(JournalMessages.ReadFailed failed, long nowMs)
    {
        if (failed.Stream == stream && failed.Request == _request)
        {
            RetryAtMs = nowMs + retryMs;
        }
    }

    private bool IsOwn(JournalRows.Row found) => (Writing, found) switch
    {
        (JournalRows.EpochDeltas own, JournalRows.EpochDeltas row) => own.Epoch == row.Epoch,
        (JournalRows.TaskImage own, JournalRows.TaskImage row) => (own.Epoch, own.Task, own.Generation) == (row.Epoch, row.Task, row.Generation),
        _ => false,
    };

    private (JournalRows.Row Row, long Number) Durable(long nextNumber)
    {
        var durable = (Writing!, NextNumber);
        (Writing, NextNumber) = (null, nextNumber);
        return durable;
    }

    private void LookUp(List<IWorkerEffect> effects)
    {
        RetryAtMs = long.MaxValue;
        effects.Add(new JournalMessages.Read(stream, NextNumber, ++_request));
    }
}
