namespace Millrace.DStreams;

/// <summary>How a receiver is doing.</summary>
/// <param name="Stream">Its input stream's name in the plan.</param>
/// <param name="IsActive">Whether it runs, or did when what is told of happened.</param>
/// <param name="LastErrorMessage">Its last error since it was started, or why it was stopped, in one line; null when there was none.</param>
public sealed record ReceiverInfo(string Stream, bool IsActive, string? LastErrorMessage);
