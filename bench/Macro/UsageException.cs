namespace Millrace.Bench.Macro;

/// <summary>The command line is wrong; the user gets one line.</summary>
internal sealed class UsageException(string expected, string found) : Exception($"Expected {expected}; found '{found}'.");
