using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <content>Samples: the same seed gives the same rows, in every process and at every computation.</content>
public sealed partial class Rdd<T>
{
    /// <summary>A random part of the rows, in their order.</summary>
    /// <param name="withReplacement">Whether a row may be drawn more than once.</param>
    /// <param name="fraction">How likely a row is to be drawn; with replacement, how often on the average.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    /// <exception cref="GraphException">The fraction is negative, or above 1 without replacement.</exception>
    public Rdd<T> Sample(bool withReplacement, double fraction, long seed = 0)
    {
        Check.Fraction(fraction, withReplacement);
        return SampleBy("sample", withReplacement, _ => fraction, seed);
    }

    /// <summary>Deals the rows out by chance: each row is in one of the parts. The weights need not add up to 1.</summary>
    /// <exception cref="GraphException">A weight is negative, or all are 0.</exception>
    public Rdd<T>[] RandomSplit(IReadOnlyList<double> weights, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var total = weights.Sum();
        if (weights.Any(weight => !(weight >= 0)) || !(total > 0) || double.IsInfinity(total))
            throw new GraphException("Weights of 0 or more expected, one of them positive.");
        var parts = new Rdd<T>[weights.Count];
        var begin = 0.0;
        for (var part = 0; part < parts.Length; part++)
        {
            // Why not the sum for the last: rounding must not leave a gap below 1.
            var (from, end) = (begin, part == parts.Length - 1 ? 1.0 : begin + (weights[part] / total));
            parts[part] = Derive("randomSplit", (partition, rows) => Between(rows, new(seed, partition), from, end), keepsPartitioner: true);
            begin = end;
        }

        return parts;
    }

    /// <summary>Exactly <paramref name="count"/> random rows in random order, or all of them if there are fewer and none is drawn twice.</summary>
    /// <remarks>Computes the rows twice: once to count them.</remarks>
    /// <exception cref="GraphException">The count is negative.</exception>
    public T[] TakeSample(bool withReplacement, int count, long seed = 0)
    {
        Check.Count(count);
        var counts = RunAll("takeSample", static (_, rows) => RowBlocks.Count(rows));
        var total = counts.Sum();
        if (total == 0 || count == 0)
            return [];
        var random = new SeededRandom(seed, 0);
        var places = withReplacement ? DrawAgain(random, total, count) : DrawOnce(random, total, (int)Math.Min(count, total));
        var drawn = places.GroupBy(place => place).ToDictionary(group => group.Key, group => group.Count());
        var starts = Slices.Starts(counts);
        var sample = RunAll("takeSample", (partition, rows) => rows
            .SelectMany((row, index) => Enumerable.Repeat(row, drawn.GetValueOrDefault(starts[partition] + index))).ToArray()).SelectMany(rows => rows).ToArray();
        random.Shuffle(sample);
        return sample;
    }

    /// <summary>Draws each row with a fraction of its own.</summary>
    internal Rdd<T> SampleBy(string operation, bool withReplacement, Func<T, double> fractionOf, long seed) =>
        Derive(
            operation,
            (partition, rows) =>
            {
                var random = new SeededRandom(seed, partition);
                return withReplacement
                    ? rows.SelectMany(row => Enumerable.Repeat(row, random.NextPoisson(fractionOf(row))))
                    : rows.Where(row => random.NextDouble() < fractionOf(row));
            },
            keepsPartitioner: true);

    private static IEnumerable<T> Between(IEnumerable<T> rows, SeededRandom random, double begin, double end) =>
        rows.Where(_ => random.NextDouble() is var place && place >= begin && place < end);

    private static IEnumerable<long> DrawAgain(SeededRandom random, long total, int count) =>
        Enumerable.Range(0, count).Select(_ => random.Next(total)).ToArray();

    // Floyd's way: so many steps as there are rows to draw.
    private static HashSet<long> DrawOnce(SeededRandom random, long total, int count)
    {
        var places = new HashSet<long>(count);
        for (var last = total - count; last < total; last++)
        {
            if (!places.Add(random.Next(last + 1)))
                places.Add(last);
        }

        return places;
    }
}
