namespace Millrace.Chaos.Oracle;

/// <summary>A partition of the input, cut into the batches that the victim says it has read, and only cut: it must read all, once, in order.</summary>
internal sealed class SourceCursor(int source, IEnumerable<InputRecord> records) : IDisposable
{
    private readonly IEnumerator<InputRecord> _records = records.GetEnumerator();
    private long _next;

    /// <summary>Records taken so far.</summary>
    public long Taken => _next;

    /// <summary>Takes the records up to the number, that one included, and says how the batch must look that holds them; null where there are none.</summary>
    public OutputRow? Take(long batchMs, long last, Action<InputRecord> add)
    {
        var (first, count, checksum) = (_next, 0L, 0L);
        while (_next <= last && _records.MoveNext())
        {
            var record = _records.Current;
            if (record.Source != source || record.Sequence != _next)
                throw new OracleException($"Record {_next} of source {source} expected in the log, {record} found; the input is not whole.");
            add(record);
            count++;
            checksum = unchecked(checksum + record.Checksum);
            _next++;
        }

        return count == 0 ? null : new OutputRow(batchMs, source, first, _next - 1, count, checksum);
    }

    public void Dispose() => _records.Dispose();
}
