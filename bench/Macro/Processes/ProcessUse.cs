namespace Millrace.Bench.Macro.Processes;

/// <summary>What a run costs a process, or several, beside its time.</summary>
/// <param name="CpuSeconds">Of the run.</param>
/// <param name="AllocatedBytes">Of the run.</param>
/// <param name="PeakRssBytes">Highest resident set so far.</param>
internal sealed record ProcessUse(double CpuSeconds, long AllocatedBytes, long PeakRssBytes)
{
    public static ProcessUse None { get; } = new(0, 0, 0);

    public static ProcessUse operator +(ProcessUse left, ProcessUse right) =>
        new(left.CpuSeconds + right.CpuSeconds, left.AllocatedBytes + right.AllocatedBytes, left.PeakRssBytes + right.PeakRssBytes);
}
