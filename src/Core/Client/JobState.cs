namespace Millrace.Client;

/// <summary>Starting → Running ⇄ Recovering → Stopping → Completed | Stopped | Failed.</summary>
public enum JobState
{
    Starting,
    Running,

    /// <summary>A failure is being repaired: epochs in flight run again.</summary>
    Recovering,
    Stopping,

    /// <summary>All sources ended and everything was written.</summary>
    Completed,
    Stopped,
    Failed,
}
