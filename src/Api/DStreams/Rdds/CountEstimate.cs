namespace Millrace.DStreams.Rdds;

/// <summary>How many rows there are, by those of the partitions that were counted first.</summary>
/// <remarks>
/// A fraction p of the partitions was counted and held n rows. Taking it that every row was seen with probability p, what is left follows a
/// negative binomial distribution, for n above 10,000 a Poisson distribution of mean n(1-p)/p: the model of Spark's <c>CountEvaluator</c>.
/// Quantiles come from summing probabilities up; where that would be long, from the expansion of Cornish and Fisher (1937) with the first
/// correction for skewness, on the normal quantile by Acklam's rational approximation (2003; relative error below 1.2e-9).
/// </remarks>
internal sealed class CountEstimate(int partitions, double confidence)
{
    private const long PoissonFrom = 10_000;
    private const double SummedMax = 100_000;

    private readonly Lock _lock = new();
    private readonly HashSet<int> _counted = [];
    private long _seen;

    /// <summary>A partition was counted. A second try of it changes nothing.</summary>
    public void Add(int partition, long rows)
    {
        lock (_lock)
            _seen += _counted.Add(partition) ? rows : 0;
    }

    /// <summary>What is known now.</summary>
    public BoundedDouble Current()
    {
        lock (_lock)
        {
            if (_counted.Count == partitions)
                return BoundedDouble.Exactly(_seen);
            return _seen == 0 ? new(0, 0, 0, double.PositiveInfinity) : Bound(_seen, (double)_counted.Count / partitions, confidence);
        }
    }

    internal static BoundedDouble Bound(long seen, double fraction, double confidence)
    {
        var mean = seen * (1 - fraction) / fraction;
        return new(seen + mean, confidence, seen + Rest((1 - confidence) / 2), seen + Rest((1 + confidence) / 2));

        double Rest(double probability) => seen > PoissonFrom
            ? Quantile(probability, mean, mean, 1 / Math.Sqrt(mean), -mean, k => Math.Log(mean / (k + 1)))
            : Quantile(
                probability,
                mean,
                mean / fraction,
                (2 - fraction) / Math.Sqrt(seen * (1 - fraction)),
                seen * Math.Log(fraction),
                k => Math.Log((seen + k) / (k + 1) * (1 - fraction)));
    }

    /// <summary>The least k that is not exceeded with the probability.</summary>
    /// <param name="probability">0 to 1.</param>
    /// <param name="mean">Of the distribution.</param>
    /// <param name="variance">Of the distribution.</param>
    /// <param name="skewness">Of the distribution.</param>
    /// <param name="logOfZero">Logarithm of the probability of 0.</param>
    /// <param name="logOfNext">Logarithm of the probability of k + 1 divided by that of k.</param>
    private static double Quantile(double probability, double mean, double variance, double skewness, double logOfZero, Func<double, double> logOfNext)
    {
        if (probability >= 1)
            return double.PositiveInfinity;
        if (mean > SummedMax)
        {
            var z = NormalQuantile(probability);
            return Math.Max(0, Math.Round(mean + (Math.Sqrt(variance) * (z + (skewness * ((z * z) - 1) / 6)))));
        }

        var (sum, log, k) = (Math.Exp(logOfZero), logOfZero, 0d);

        // Why bounded: rounding may keep the sum from ever reaching a probability next to 1.
        for (var most = mean + (40 * Math.Sqrt(variance)) + 100; sum < probability && k < most; k++)
        {
            log += logOfNext(k);
            sum += Math.Exp(log);
        }

        return k;
    }

    private static double NormalQuantile(double probability)
    {
        if (probability <= 0)
            return double.NegativeInfinity;
        if (probability > 0.5)
            return -NormalQuantile(1 - probability);
        if (probability < 0.02425)
        {
            var tail = Math.Sqrt(-2 * Math.Log(probability));
            return Polynomial(tail, -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783)
                / Polynomial(tail, 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996, 3.754408661907416, 1);
        }

        var middle = probability - 0.5;
        var square = middle * middle;
        return middle * Polynomial(square, -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239)
            / Polynomial(square, -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01, 1);
    }

    private static double Polynomial(double x, params ReadOnlySpan<double> coefficients)
    {
        var value = 0d;
        foreach (var coefficient in coefficients)
            value = (value * x) + coefficient;
        return value;
    }
}
