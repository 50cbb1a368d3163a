using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Random numbers of a seed and a partition: the same ones in every process, for ever, so that a recomputed sample is the same sample.</summary>
internal sealed class SeededRandom(long seed, int partition)
{
    // Each number is the hash of the next position; where a sequence begins is a hash too, so that partitions do not share numbers.
    private ulong _position = StableHash.Combine(StableHash.OfNumber((ulong)seed), StableHash.OfNumber((ulong)partition));

    /// <summary>From 0 up to, not including, 1.</summary>
    public double NextDouble() => (StableHash.OfNumber(_position++) >> 11) * (1.0 / (1UL << 53));

    /// <summary>From 0 to <paramref name="end"/> − 1.</summary>
    public long Next(long end) => (long)Math.BigMul(StableHash.OfNumber(_position++), (ulong)end, out _);

    /// <summary>How often a thing happens that happens <paramref name="mean"/> times on the average.</summary>
    public int NextPoisson(double mean)
    {
        // Knuth's way, in steps of at most 16, below which no product loses its precision; sums of such numbers are such numbers.
        var count = 0;
        for (var rest = mean; rest > 0; rest -= 16)
        {
            var limit = Math.Exp(-Math.Min(rest, 16));
            for (var product = NextDouble(); product > limit; product *= NextDouble())
                count++;
        }

        return count;
    }

    /// <summary>Brings the rows into a random order.</summary>
    public void Shuffle<T>(T[] rows)
    {
        for (var last = rows.Length - 1; last > 0; last--)
        {
            var other = (int)Next(last + 1);
            (rows[last], rows[other]) = (rows[other], rows[last]);
        }
    }
}
