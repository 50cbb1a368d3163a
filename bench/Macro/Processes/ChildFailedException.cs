namespace Millrace.Bench.Macro.Processes;

/// <summary>A child process ended before its answer; what it printed on stderr tells why.</summary>
internal sealed class ChildFailedException(string message) : Exception(message);
