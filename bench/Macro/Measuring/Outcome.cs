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

    public double RecordsPerCpuSecond => Median(sample => Ready.Records / sample.CpuSeconds);

    public double AllocatedBytesPerRecord => Median(sample => (double)sample.AllocatedBytes / Ready.Records);

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
