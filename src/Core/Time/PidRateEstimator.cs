using System.Globalization;
using Millrace.Data;

namespace Millrace.Time;

/// <summary>Estimates how many records a second a job can take in, from what its batches took: Spark's PID controller, with its defaults.</summary>
/// <remarks>
/// <code>
/// error           = last rate - records / processing delay
/// historicalError = scheduling delay * processing rate / batch interval
/// dError          = (error - last error) / time since the last batch
/// new rate        = max(minRate, last rate - proportional * error - integral * historicalError - derivative * dError)
/// </code>
/// The first batch only sets the last rate. Pure: reads no clock. Not thread-safe.
/// </remarks>
public sealed class PidRateEstimator
{
    private const string Weight = "a weight of 0 or more";

    private readonly double _batchIntervalMs;
    private readonly double _proportional;
    private readonly double _integral;
    private readonly double _derivative;
    private readonly double _minRate;
    private long _lastTimeMs = -1;
    private double? _lastRate;
    private double _lastError;

    /// <param name="batchInterval">The planned length of a batch; more than zero.</param>
    /// <param name="proportional">Weight of the present error; zero or more.</param>
    /// <param name="integral">Weight of what has piled up; zero or more.</param>
    /// <param name="derivative">Weight of the error's change, a second; zero or more.</param>
    /// <param name="minRate">The least rate ever given, in records a second; more than zero.</param>
    /// <exception cref="GraphException">An argument is out of its range.</exception>
    public PidRateEstimator(TimeSpan batchInterval, double proportional = 1.0, double integral = 0.2, double derivative = 0.0, double minRate = 100)
    {
        RefuseUnless(batchInterval > TimeSpan.Zero, batchInterval.TotalMilliseconds, nameof(batchInterval), "a time of more than 0 ms");
        RefuseUnless(proportional >= 0, proportional, nameof(proportional), Weight);
        RefuseUnless(integral >= 0, integral, nameof(integral), Weight);
        RefuseUnless(derivative >= 0, derivative, nameof(derivative), Weight);
        RefuseUnless(minRate > 0, minRate, nameof(minRate), "a rate of more than 0 records a second");
        (_batchIntervalMs, _proportional, _integral, _derivative, _minRate) = (batchInterval.TotalMilliseconds, proportional, integral, derivative, minRate);
    }

    /// <summary>The rate to aim at after a batch, in records a second; null for the first batch, and where the batch says nothing.</summary>
    /// <param name="timeMs">When the batch was done. One that is not later than the last says nothing.</param>
    /// <param name="records">How many records it had. None says nothing.</param>
    /// <param name="processingDelayMs">How long it was worked on. Zero or less says nothing.</param>
    /// <param name="schedulingDelayMs">How long it waited before.</param>
    public double? Compute(long timeMs, long records, long processingDelayMs, long schedulingDelayMs)
    {
        if (timeMs <= _lastTimeMs || records <= 0 || processingDelayMs <= 0)
            return null;
        var processingRate = (double)records / processingDelayMs * 1000;
        var sinceLastSeconds = (timeMs - _lastTimeMs) / 1000.0;
        _lastTimeMs = timeMs;
        if (_lastRate is not { } lastRate)
        {
            _lastRate = processingRate;
            return null;
        }

        var error = lastRate - processingRate;
        var historicalError = schedulingDelayMs * processingRate / _batchIntervalMs;
        var errorChange = (error - _lastError) / sinceLastSeconds;
        var rate = Math.Max(lastRate - _proportional * error - _integral * historicalError - _derivative * errorChange, _minRate);
        (_lastRate, _lastError) = (rate, error);
        return rate;
    }

    private static void RefuseUnless(bool isValid, double found, string name, string expected)
    {
        if (!isValid || double.IsInfinity(found))
            throw new GraphException(string.Create(CultureInfo.InvariantCulture, $"Back-pressure, {name}: {expected} expected, {found} found; correct it (BackpressureOptions)."));
    }
}
