using System.Globalization;

namespace Millrace.DStreams.Rdds;

/// <summary>Count, mean, variance and extremes of numbers, numerically stable (Welford, Chan et al.). Not thread-safe.</summary>
public sealed class StatCounter
{
    private double _mean;
    private double _squares;

    /// <summary>How many numbers.</summary>
    public long Count { get; private set; }

    /// <summary>Their mean; NaN for none.</summary>
    public double Mean => Count == 0 ? double.NaN : _mean;

    /// <summary>Their sum.</summary>
    public double Sum => Count * _mean;

    /// <summary>The lowest; +∞ for none.</summary>
    public double Min { get; private set; } = double.PositiveInfinity;

    /// <summary>The highest; −∞ for none.</summary>
    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>The variance of a whole population; NaN for none.</summary>
    public double Variance => Count == 0 ? double.NaN : _squares / Count;

    /// <summary>The variance of what they are a sample of; NaN for fewer than two.</summary>
    public double SampleVariance => Count < 2 ? double.NaN : _squares / (Count - 1);

    /// <summary>The square root of <see cref="Variance"/>.</summary>
    public double Stdev => Math.Sqrt(Variance);

    /// <summary>The square root of <see cref="SampleVariance"/>.</summary>
    public double SampleStdev => Math.Sqrt(SampleVariance);

    /// <summary>Adds a number.</summary>
    public StatCounter Add(double value)
    {
        var delta = value - _mean;
        Count++;
        _mean += delta / Count;
        _squares += delta * (value - _mean);
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
        return this;
    }

    /// <summary>Adds what another has counted, which stays as it is.</summary>
    public StatCounter Merge(StatCounter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Count == 0)
            return this;
        var (count, delta) = (Count + other.Count, other._mean - _mean);
        _squares += other._squares + (delta * delta * Count * other.Count / count);
        _mean += delta * other.Count / count;
        Count = count;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"(count: {Count}, mean: {Mean}, stdev: {Stdev}, max: {Max}, min: {Min})");
}
