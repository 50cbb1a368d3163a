namespace Millrace.DStreams;

/// <summary>A span of batch times, as Spark's <c>Interval</c>.</summary>
/// <param name="BeginTime">The first.</param>
/// <param name="EndTime">The last.</param>
public readonly record struct Interval(Time BeginTime, Time EndTime)
{
    /// <summary>How long it is.</summary>
    public TimeSpan Duration => EndTime - BeginTime;

    public override string ToString() => $"[{BeginTime}, {EndTime}]";
}
