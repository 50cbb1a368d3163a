using Millrace.Data;
using Millrace.Time;

namespace Millrace.Core.Tests.Time;

public sealed class PidRateEstimatorTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void Arguments_out_of_range_are_refused()
    {
        Action[] wrong =
        [
            () => _ = new PidRateEstimator(TimeSpan.Zero),
            () => _ = new PidRateEstimator(Interval, proportional: -1),
            () => _ = new PidRateEstimator(Interval, integral: double.NaN),
            () => _ = new PidRateEstimator(Interval, derivative: double.PositiveInfinity),
            () => _ = new PidRateEstimator(Interval, minRate: 0),
        ];

        Assert.All(wrong, act => Assert.Matches(@"\ABack-pressure, \w+: [^\n]+ expected, \S+ found; correct it \(BackpressureOptions\)\.\z", Assert.Throws<GraphException>(act).Message));
    }

    [Fact]
    public void First_batch_only_seeds()
    {
        var estimator = new PidRateEstimator(Interval);

        Assert.Null(estimator.Compute(0, 10_000, 10, 0));
        Assert.NotNull(estimator.Compute(10, 10_000, 10, 0));
    }

    [Theory]
    [InlineData(10, 100, 10)]
    [InlineData(5, 100, 10)]
    [InlineData(20, 0, 10)]
    [InlineData(20, 100, 0)]
    [InlineData(20, -1, 10)]
    [InlineData(20, 100, -1)]
    public void Batch_that_says_nothing_gives_no_rate_and_changes_nothing(long timeMs, long records, long processingMs)
    {
        var estimator = new PidRateEstimator(Interval, derivative: 1);
        var undisturbed = new PidRateEstimator(Interval, derivative: 1);
        foreach (var seeded in new[] { estimator, undisturbed })
            Assert.Null(seeded.Compute(10, 1000, 10, 0));

        Assert.Null(estimator.Compute(timeMs, records, processingMs, 0));

        Assert.Equal(undisturbed.Compute(30, 500, 10, 7), estimator.Compute(30, 500, 10, 7));
    }

    [Fact]
    public void Proportional_part_alone_follows_the_processing_rate()
    {
        var estimator = new PidRateEstimator(Interval, 1, 0, 0, 10);
        estimator.Compute(0, 20, 20, 0);

        // 20, 40, ... records in 20 ms are 1000, 2000, ... a second.
        for (var i = 1; i <= 50; i++)
            Assert.Equal(1000.0 * i, estimator.Compute(20 * i, 20 * i, 20, 0));
    }

    [Fact]
    public void All_parts_give_what_is_computed_by_hand()
    {
        var estimator = new PidRateEstimator(TimeSpan.FromSeconds(1), 0.5, 0.2, 0.1, 100);
        Assert.Null(estimator.Compute(1000, 1000, 1000, 0)); // seeds 1000/s

        // 800/s: error 200, historical 500 * 800 / 1000 = 400, change (200 - 0) / 2 s = 100: 1000 - 100 - 80 - 10
        Assert.Equal(810, estimator.Compute(3000, 800, 1000, 500)!.Value, 9);

        // 1000/s: error 810 - 1000 = -190, historical 0, change (-190 - 200) / 1 s = -390: 810 + 95 + 39
        Assert.Equal(944, estimator.Compute(4000, 1000, 1000, 0)!.Value, 9);

        // 400/s: error 544, historical 4000 * 400 / 1000 = 1600, change (544 + 190) / 1 s = 734: 944 - 272 - 320 - 73.4
        Assert.Equal(278.6, estimator.Compute(5000, 400, 1000, 4000)!.Value, 9);
    }

    [Fact]
    public void Rate_never_falls_below_the_least_and_recovers_from_it()
    {
        var estimator = new PidRateEstimator(Interval, 1, 1, 0, 10);
        estimator.Compute(0, 1000, 1000, 0);

        for (var i = 1; i <= 20; i++)
            Assert.Equal(10, estimator.Compute(20 * i, 1, 1_000_000, 1_000_000));
        Assert.Equal(500, estimator.Compute(1000, 10, 20, 0));
    }

    [Fact]
    public void Defaults_are_those_of_Spark()
    {
        var estimator = new PidRateEstimator(TimeSpan.FromSeconds(1));
        estimator.Compute(0, 1000, 1000, 0);

        // 500/s: 1000 - 500 - 0.2 * (1000 * 500 / 1000)
        Assert.Equal(400, estimator.Compute(1000, 500, 1000, 1000));
        Assert.Equal(100, estimator.Compute(2000, 1, 1000, 0));
    }
}
