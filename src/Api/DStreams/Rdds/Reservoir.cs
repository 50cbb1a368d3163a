namespace Millrace.DStreams.Rdds;

/// <summary>A random sample of at most so many rows, every row as likely as the others.</summary>
internal sealed class Reservoir<T>
{
    private readonly List<T> _rows = [];

    public IReadOnlyList<T> Rows => _rows;

    /// <summary>Number of rows that it is a sample of.</summary>
    public long Seen { get; private set; }

    /// <summary>Number of rows that each sampled one stands for.</summary>
    public double Weight => (double)Seen / _rows.Count;

    public static Reservoir<T> Of(IEnumerable<T> rows, int size, int seed)
    {
        var sample = new Reservoir<T>();
        var random = new SeededRandom(seed, 0);
        foreach (var row in rows)
        {
            sample.Seen++;
            if (sample._rows.Count < size)
                sample._rows.Add(row);
            else if (random.Next(sample.Seen) is var place && place < size)
                sample._rows[(int)place] = row;
        }

        return sample;
    }
}
