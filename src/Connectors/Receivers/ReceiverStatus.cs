namespace Millrace.Connectors.Receivers;

/// <summary>How a receiver is doing.</summary>
/// <param name="IsStarted">Whether it is receiving now.</param>
/// <param name="Starts">How often it was started.</param>
/// <param name="Errors">Errors it reported, was restarted or stopped for, or threw.</param>
/// <param name="LastMessage">The last warning since it was started, in one line; empty when there was none.</param>
public sealed record ReceiverStatus(bool IsStarted, long Starts, long Errors, string LastMessage)
{
    /// <summary>The job has not begun.</summary>
    public static ReceiverStatus None { get; } = new(false, 0, 0, "");
}
