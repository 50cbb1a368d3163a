namespace Millrace.Bench.Macro.Measuring;

/// <summary>Child to parent, after the warm-up passes.</summary>
/// <param name="Records">Records of each measured run.</param>
/// <param name="InputBytes">Memory that the input holds.</param>
internal sealed record Ready(long Records, long InputBytes);

/// <summary>Child to parent, after each run.</summary>
internal sealed record Sample(double Seconds, double CpuSeconds, long AllocatedBytes, ulong Checksum);

/// <summary>Child to parent, at the end. The expected checksum is computed last, so that its memory doesn't count.</summary>
internal sealed record Verdict(ulong ExpectedChecksum, long PeakRssBytes);
