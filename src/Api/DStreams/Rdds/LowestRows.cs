namespace Millrace.DStreams.Rdds;

/// <summary>The lowest rows of a sequence in the memory of twice as many.</summary>
internal static class LowestRows
{
    private const int BufferMin = 64;

    /// <summary>The lowest <paramref name="count"/> rows in order; equal ones in the order in which they came.</summary>
    public static T[] Of<T>(IEnumerable<T> rows, int count, IComparer<T> order)
    {
        if (count == 0)
            return [];
        var kept = new List<T>();
        var room = Math.Max(2L * count, BufferMin);
        var (hasHighest, highest) = (false, default(T)!);
        foreach (var row in rows)
        {
            // One that is no lower than so many before it is none of the lowest.
            if (hasHighest && order.Compare(row, highest) >= 0)
                continue;
            kept.Add(row);
            if (kept.Count < room)
                continue;
            kept = [.. Sorted()];
            (hasHighest, highest) = (true, kept[^1]);
        }

        return [.. Sorted()];

        IEnumerable<T> Sorted() => kept.Order(order).Take(count);
    }
}
