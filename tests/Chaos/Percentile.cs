namespace Millrace.Chaos;

/// <summary>Percentiles by nearest rank.</summary>
internal static class Percentile
{
    /// <param name="ordered">In ascending order.</param>
    /// <param name="share">From 0 to 1.</param>
    /// <returns>In whole milliseconds; 0 of none.</returns>
    public static long Ms(IReadOnlyList<TimeSpan> ordered, double share) =>
        ordered.Count == 0 ? 0 : (long)Math.Round(ordered[Math.Max((int)Math.Ceiling(share * ordered.Count) - 1, 0)].TotalMilliseconds);
}
