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
        foreach (var row in rows)
        {
            kept.Add(row);
            if (kept.Count >= room)
                kept = [.. Sorted()];
        }

        return [.. Sorted()];

        IEnumerable<T> Sorted() => kept.Order(order).Take(count);
    }
}
