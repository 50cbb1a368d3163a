using Millrace.Bench.Macro.Processes;

namespace Millrace.Bench.Macro.Measuring;

/// <summary>Child to parent, after the warm-up passes.</summary>
/// <param name="Records">Records of each measured run.</param>
/// <param name="InputBytes">Memory that the input holds.</param>
internal sealed record Ready(long Records, long InputBytes);

/// <summary>Child to parent, after each run.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Use">Of all processes of the engine.</param>
/// <param name="Checksum">Over the results.</param>
/// <param name="Crossed">Records that went from one process to another, where the program counts them.</param>
internal sealed record Sample(double Seconds, ProcessUse Use, ulong Checksum, long Crossed);

/// <summary>Child to parent, at the end. The expected checksum is computed last, so that its memory doesn't count.</summary>
internal sealed record Verdict(ulong ExpectedChecksum);
