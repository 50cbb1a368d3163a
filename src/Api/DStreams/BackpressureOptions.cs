namespace Millrace.DStreams;

/// <summary>How receivers are slowed down when batches take longer than their interval: Spark's PID controller, with its defaults.</summary>
/// <remarks>After each batch the rate becomes what the batch could take in, less a share of what waits. See <see cref="Millrace.Time.PidRateEstimator"/> for the formula.</remarks>
public sealed record BackpressureOptions
{
    /// <summary>Weight of the difference between the last rate and the rate of the last batch. <value>Default 1.0; 0 or more.</value></summary>
    public double Proportional { get; init; } = 1.0;

    /// <summary>Weight of the records that wait. <value>Default 0.2; 0 or more.</value></summary>
    public double Integral { get; init; } = 0.2;

    /// <summary>Weight of the change of the difference. <value>Default 0.0; 0 or more.</value></summary>
    public double Derivative { get; init; }

    /// <summary>The least rate, in records a second for each receiver. <value>Default 100; more than 0.</value></summary>
    public double MinRate { get; init; } = 100;
}
