using System.Numerics;
using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Statistics of RDDs of numbers, computed in double precision.</summary>
public static class NumericRddExtensions
{
    /// <summary>Count, mean, variance, extremes: in one pass.</summary>
    public static StatCounter Stats<T>(this Rdd<T> rdd)
        where T : INumber<T>
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.Aggregate("stats", static () => new StatCounter(), static (stats, row) => stats.Add(double.CreateChecked(row)), static (left, right) => left.Merge(right));
    }

    /// <summary>The sum; 0 for no row.</summary>
    public static double Sum<T>(this Rdd<T> rdd)
        where T : INumber<T>
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.Aggregate("sum", static () => 0.0, static (sum, row) => sum + double.CreateChecked(row), static (left, right) => left + right);
    }

    /// <summary>The mean; NaN for no row.</summary>
    public static double Mean<T>(this Rdd<T> rdd)
        where T : INumber<T> => rdd.Stats().Mean;

    /// <summary>The variance of the rows as a whole population; NaN for no row.</summary>
    public static double Variance<T>(this Rdd<T> rdd)
        where T : INumber<T> => rdd.Stats().Variance;

    /// <summary>The variance of what the rows are a sample of; NaN for fewer than two.</summary>
    public static double SampleVariance<T>(this Rdd<T> rdd)
        where T : INumber<T> => rdd.Stats().SampleVariance;

    /// <summary>The square root of <see cref="Variance"/>.</summary>
    public static double Stdev<T>(this Rdd<T> rdd)
        where T : INumber<T> => rdd.Stats().Stdev;

    /// <summary>The square root of <see cref="SampleVariance"/>.</summary>
    public static double SampleStdev<T>(this Rdd<T> rdd)
        where T : INumber<T> => rdd.Stats().SampleStdev;

    /// <summary>How many rows lie in each of so many buckets of the same width, from the lowest row to the highest.</summary>
    /// <returns>The edges of the buckets, one more than there are counts. One bucket when all rows are equal.</returns>
    /// <exception cref="InvalidOperationException">There is no row, or one is infinite or not a number.</exception>
    /// <exception cref="GraphException">Fewer buckets than 1.</exception>
    public static (double[] Edges, long[] Counts) Histogram<T>(this Rdd<T> rdd, int buckets)
        where T : INumber<T>
    {
        ArgumentNullException.ThrowIfNull(rdd);
        if (buckets < 1)
            throw new GraphException($"{buckets} buckets found, 1 or more expected.");
        var stats = rdd.Stats();
        if (stats.Count == 0)
            throw Check.EmptyCollection();
        if (!double.IsFinite(stats.Min) || !double.IsFinite(stats.Max) || double.IsNaN(stats.Mean))
            throw new InvalidOperationException("a histogram of finite numbers expected, an infinite one or NaN found");
        var width = (stats.Max - stats.Min) / buckets;
        double[] edges = stats.Min == stats.Max
            ? [stats.Min, stats.Max]
            : [.. Enumerable.Range(0, buckets).Select(bucket => stats.Min + (bucket * width)), stats.Max];
        return (edges, rdd.Histogram(edges));
    }

    /// <summary>How many rows lie in each bucket: from an edge up to, not including, the next, and in the last one including it. Rows outside and NaN count nowhere.</summary>
    /// <exception cref="GraphException">Fewer than two edges, or they do not ascend.</exception>
    public static long[] Histogram<T>(this Rdd<T> rdd, double[] edges)
        where T : INumber<T>
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(edges);
        var isOnePoint = edges.Length == 2 && edges[0] == edges[1];
        if (edges.Length < 2 || (!isOnePoint && edges.Zip(edges.Skip(1)).Any(pair => !(pair.First < pair.Second))))
            throw new GraphException("Two or more ascending edges expected.");
        return rdd.Aggregate("histogram", () => new long[edges.Length - 1], Count, static (left, right) => [.. left.Zip(right, (x, y) => x + y)]);

        long[] Count(long[] counts, T row)
        {
            var value = double.CreateChecked(row);
            if (value >= edges[0] && value <= edges[^1])
                counts[Math.Min(BucketOf(edges, value), counts.Length - 1)]++;
            return counts;
        }
    }

    private static int BucketOf(double[] edges, double value)
    {
        var place = Array.BinarySearch(edges, value);
        return place >= 0 ? place : ~place - 1;
    }
}
