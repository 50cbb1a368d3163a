using CsCheck;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

public sealed class SamplingTests
{
    private static readonly Rdd<int> Rows = Rdd.Parallelize(Enumerable.Range(0, 10_000), 4);

    [Theory]
    [InlineData(false, 0.3)]
    [InlineData(true, 0.3)]
    [InlineData(true, 2.5)]
    public void Sample_draws_about_the_fraction_the_same_rows_for_the_same_seed(bool withReplacement, double fraction)
    {
        var sample = Rows.Sample(withReplacement, fraction, seed: 7);
        var rows = sample.Collect();

        Assert.InRange(rows.Length, (10_000 * fraction) - 400, (10_000 * fraction) + 400);
        Assert.Equal(rows, sample.Collect());
        Assert.Equal(rows, rows.Order());
        Assert.Equal(!withReplacement, rows.Distinct().Count() == rows.Length);
        Assert.NotEqual(rows, Rows.Sample(withReplacement, fraction, seed: 8).Collect());
    }

    [Fact]
    public void The_ends_of_the_fraction_are_none_and_all()
    {
        Assert.Empty(Rows.Sample(withReplacement: false, 0).Collect());
        Assert.Empty(Rows.Sample(withReplacement: true, 0).Collect());
        Assert.Equal(10_000, Rows.Sample(withReplacement: false, 1).Count());
    }

    [Fact]
    public void RandomSplit_deals_every_row_to_one_part() => Gen.Select(Datasets.Numbers, Gen.Double[0.1, 5].Array[1, 4], Gen.Long).Sample((partitions, weights, seed) =>
        Datasets.AssertSame(partitions.Flat(), Datasets.Of(partitions).RandomSplit(weights, seed).SelectMany(part => part.Collect())));

    [Fact]
    public void RandomSplit_follows_the_weights()
    {
        var parts = Rows.RandomSplit([3, 1]);

        Assert.InRange(parts[0].Count(), 7_200, 7_800);
    }

    [Fact]
    public void TakeSample_draws_exactly_so_many() => Gen.Select(Datasets.Numbers, Gen.Int[0, 30], Gen.Bool, Gen.Long).Sample((partitions, count, withReplacement, seed) =>
    {
        var rows = Datasets.Of(partitions).ZipWithIndex();
        var total = partitions.Flat().Length;

        var sample = rows.TakeSample(withReplacement, count, seed);

        Assert.Equal(total == 0 ? 0 : withReplacement ? count : Math.Min(count, total), sample.Length);
        Assert.Equal(sample, rows.TakeSample(withReplacement, count, seed));
        Assert.Empty(sample.Except(rows.Collect()));
        if (!withReplacement)
            Assert.Equal(sample.Length, sample.Distinct().Count());
    });

    [Fact]
    public void SampleByKey_draws_by_the_fraction_of_the_key()
    {
        var pairs = Rows.KeyBy(row => row % 2);

        var found = pairs.SampleByKey(withReplacement: false, new Dictionary<int, double> { [0] = 0.1, [1] = 0.9 }).CountByKey();

        Assert.InRange(found[0], 400, 600);
        Assert.InRange(found[1], 4_400, 4_600);
        Assert.Throws<UserFunctionException>(() => pairs.SampleByKey(withReplacement: true, new Dictionary<int, double> { [0] = 1 }).Count());
    }

    [Fact]
    public void Wrong_fractions_and_weights_are_refused_with_one_line()
    {
        foreach (var build in new Action[]
        {
            () => Rows.Sample(withReplacement: false, -0.5),
            () => Rows.Sample(withReplacement: false, 1.5),
            () => Rows.Sample(withReplacement: true, double.NaN),
            () => Rows.RandomSplit([1, -1]),
            () => Rows.RandomSplit([]),
            () => Rows.TakeSample(withReplacement: false, -1),
            () => Rows.KeyBy(row => row).SampleByKey(withReplacement: false, new Dictionary<int, double> { [0] = 2 }),
            () => Rows.CountApproxDistinct(0),
            () => Rows.Repartition(0),
            () => Rows.Coalesce(-1),
            () => Rows.Distinct(0),
            () => Rows.Take(-1),
            () => Rows.TreeReduce(Math.Max, depth: 0),
            () => Rows.Histogram(0),
            () => Rows.Histogram([1]),
            () => Rows.Persist(StorageLevel.None),
            () => Rdd.Parallelize([1], 0),
            () => Rdd.Parallelize([new PlainClass()]).Distinct(),
            () => Rdd.Parallelize([new PlainClass()]).CountByValue(),
        })
        {
            Assert.DoesNotContain('\n', Assert.Throws<GraphException>(build).Message);
        }
    }
}
