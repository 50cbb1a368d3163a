namespace Millrace.Chaos.Processes;

/// <summary>How long a victim took until it had committed an epoch with records.</summary>
/// <param name="Whole">From the start of the process.</param>
/// <param name="OfProgram">From when its program runs.</param>
internal readonly record struct Recovery(TimeSpan Whole, TimeSpan OfProgram);
