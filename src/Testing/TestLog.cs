namespace Millrace.Testing;

/// <summary>The batches of an input that have been sealed, in order. Each split has an even, contiguous share of a batch's rows. Thread-safe.</summary>
internal sealed class TestLog<T>
{
    private readonly Lock _lock = new();
    private readonly List<T[]> _batches = [];

    public void Add(T[] rows)
    {
        lock (_lock)
            _batches.Add(rows);
    }

    /// <summary>The number of rows that a split has so far.</summary>
    public long EndOf(int split, int splits)
    {
        lock (_lock)
            return _batches.Sum(rows => (long)Share(rows, split, splits).Count);
    }

    /// <summary>At most <paramref name="max"/> rows of a split from an offset on.</summary>
    public T[] Read(int split, int splits, long from, int max)
    {
        lock (_lock)
        {
            foreach (var rows in _batches)
            {
                var share = Share(rows, split, splits);
                if (from < share.Count)
                    return [.. share.Skip((int)from).Take(max)];
                from -= share.Count;
            }
        }

        return [];
    }

    private static ArraySegment<T> Share(T[] rows, int split, int splits)
    {
        var start = (int)((long)rows.Length * split / splits);
        return new(rows, start, (int)((long)rows.Length * (split + 1) / splits) - start);
    }
}
