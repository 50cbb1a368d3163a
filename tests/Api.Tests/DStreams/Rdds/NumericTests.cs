using CsCheck;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

public sealed class NumericTests
{
    [Fact]
    public void Stats_are_those_of_all_rows() => Gen.Select(Gen.Double[-100, 100].Array[0, 9].Array[1, 5], Gen.Double[-100, 100]).Sample((partitions, more) =>
    {
        double[] rows = [.. partitions.Flat(), more];
        var (mean, count) = (rows.Average(), rows.Length);
        var squares = rows.Sum(row => (row - mean) * (row - mean));

        var stats = Datasets.Of([.. partitions, [more]]).Stats();

        Assert.Equal((count, rows.Min(), rows.Max()), (stats.Count, stats.Min, stats.Max));
        Assert.Equal(mean, stats.Mean, 1e-6);
        Assert.Equal(rows.Sum(), stats.Sum, 1e-6);
        Assert.Equal(squares / count, stats.Variance, 1e-6);
        if (count > 1)
            Assert.Equal(Math.Sqrt(squares / (count - 1)), stats.SampleStdev, 1e-6);
    });

    [Fact]
    public void Whole_numbers_have_them_too()
    {
        var rows = Datasets.Of([1, 2], [3, 4]);

        Assert.Equal((10.0, 2.5, 1.25), (rows.Sum(), rows.Mean(), rows.Variance()));
        Assert.Equal((5.0 / 3, Math.Sqrt(1.25), Math.Sqrt(5.0 / 3)), (rows.SampleVariance(), rows.Stdev(), rows.SampleStdev()));
        Assert.Equal("(count: 2, mean: 1.5, stdev: 0.5, max: 2, min: 1)", Datasets.Of([1L, 2L]).Stats().ToString());
        Assert.True(double.IsNaN(Datasets.Of<int>([]).Mean()));
    }

    [Fact]
    public void A_histogram_counts_the_last_edge_in()
    {
        var rows = Datasets.Of([1.0, 2, 9], [10, 5, 7.5]);

        var (edges, counts) = rows.Histogram(3);

        Assert.Equal([1, 4, 7, 10], edges);
        Assert.Equal([2, 1, 3], counts);
        Assert.Equal([1, 2], rows.Histogram([0.5, 2, 6]));
        Assert.Equal([6], Datasets.Of([1, 1, 1], [1, 1, 1]).Histogram(4).Counts);
    }

    [Fact]
    public void A_histogram_takes_finite_numbers_and_ascending_edges()
    {
        Assert.Throws<InvalidOperationException>(() => Datasets.Of([1, double.NaN]).Histogram(2));
        Assert.Throws<InvalidOperationException>(() => Datasets.Of([1, double.PositiveInfinity]).Histogram(2));
        Assert.Throws<GraphException>(() => Datasets.Of([1.0]).Histogram([2, 1]));
        Assert.Equal([1], Datasets.Of([1, double.NaN, double.NegativeInfinity]).Histogram([0.0, 2]));
    }
}
