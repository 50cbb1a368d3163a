namespace Millrace.Connectors.Receivers;

/// <summary>Keeps the status of one receiver and tells of its changes in order. Thread-safe.</summary>
internal sealed class ReceiverHealth(Action<ReceiverEvent> tell)
{
    private readonly Lock _lock = new();
    private volatile ReceiverStatus _status = ReceiverStatus.None;

    public ReceiverStatus Status => _status;

    public void Started() => Change(ReceiverEventKind.Started, _ => true, status => status with { IsStarted = true, Starts = status.Starts + 1, LastMessage = "" });

    /// <param name="message">In one line.</param>
    /// <returns>How many errors there were.</returns>
    public long Failed(string message) =>
        Change(ReceiverEventKind.Error, _ => true, status => status with { Errors = status.Errors + 1, LastMessage = message }).Errors;

    /// <summary>Told of only where it had started.</summary>
    /// <param name="message">Why, in one line; null: the last message stays.</param>
    public void Stopped(string? message = null) =>
        Change(ReceiverEventKind.Stopped, status => status.IsStarted, status => status with { IsStarted = false, LastMessage = message ?? status.LastMessage });

    private ReceiverStatus Change(ReceiverEventKind kind, Predicate<ReceiverStatus> isOne, Func<ReceiverStatus, ReceiverStatus> change)
    {
        // Why told under the lock: what comes first is told first.
        lock (_lock)
        {
            if (isOne(_status))
            {
                _status = change(_status);
                tell(new(kind, _status));
            }

            return _status;
        }
    }
}
