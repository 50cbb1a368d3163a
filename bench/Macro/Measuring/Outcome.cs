using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Measuring;

/// <summary>The figures of one program.</summary>
internal sealed record Outcome(
    Workload Workload,
    string Engine,
    string Variant,
    Ready Ready,
    IReadOnlyList<Sample> Samples,
    Verdict Verdict)
{
    public double RecordsPerSecond => Median(sample => Ready.Records / sample.Seconds);

    public double RecordsPerCpuSecond => Median(sample => Ready.Records / sample.Use.CpuSeconds);

    public double AllocatedBytesPerRecord => Median(sample => (double)sample.Use.AllocatedBytes / Ready.Records);

    public long PeakRssBytes => Samples.Max(sample => sample.Use.PeakRssBytes);

    /// <value>Of the records the part that went to another process, where the program counts them.</value>
    public double CrossedPerRecord => Median(sample => (double)sample.Crossed / Ready.Records);

    public IEnumerable<double> Runs => Samples.Select(sample => Ready.Records / sample.Seconds);

    /// <value>The first wrong checksum, or null when all runs are right.</value>
    public ulong? WrongChecksum =>
        Samples.Where(sample => sample.Checksum != Verdict.ExpectedChecksum).Select(sample => (ulong?)sample.Checksum).FirstOrDefault();

    private double Median(Func<Sample, double> figure)
    {
        var ordered = Samples.Select(figure).Order().ToArray();
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
