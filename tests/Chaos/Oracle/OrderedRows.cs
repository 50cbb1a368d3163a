namespace Millrace.Chaos.Oracle;

/// <summary>Rows of a table in order of batches, taken batch by batch.</summary>
internal sealed class OrderedRows(IEnumerable<OutputRow> rows) : IDisposable
{
    private readonly IEnumerator<OutputRow> _rows = rows.GetEnumerator();
    private bool _hasNext;
    private bool _hasBegun;

    /// <summary>The rows of all batches up to this one that were not taken before.</summary>
    public Multiset<OutputRow> TakeTo(long batchMs)
    {
        if (!_hasBegun)
            (_hasBegun, _hasNext) = (true, _rows.MoveNext());
        var taken = new Multiset<OutputRow>();
        for (; _hasNext && _rows.Current.BatchMs <= batchMs; _hasNext = _rows.MoveNext())
            taken.Add(_rows.Current);
        return taken;
    }

    public void Dispose() => _rows.Dispose();
}
