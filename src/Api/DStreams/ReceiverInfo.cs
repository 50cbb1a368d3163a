namespace Millrace.DStreams;

/// <summary>How a receiver is doing.</summary>
/// <param name="StreamId">The number of its input stream, in the order in which the program made them, from 0.</param>
/// <param name="Stream">Its input stream's name in the plan.</param>
/// <param name="IsActive">Whether it runs, or did when what is told of happened.</param>
/// <param name="Location">The machine that it runs on.</param>
/// <param name="LastErrorMessage">Its last error since it was started, or why it was stopped, in one line; null when there was none.</param>
/// <param name="LastErrorTime">When that was, by the host's clock; null when there was none.</param>
public sealed record ReceiverInfo(int StreamId, string Stream, bool IsActive, string Location, string? LastErrorMessage, DateTimeOffset? LastErrorTime);
