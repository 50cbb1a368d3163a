namespace Millrace.Runtime.Protocol;

/// <summary>Timing of a <see cref="WorkerProtocol"/>; equal to its coordinator's.</summary>
internal sealed record WorkerOptions
{
    /// <value>Time between heartbeats.</value>
    public long HeartbeatMs { get; init; } = 100;

    /// <value>A gap of more than half of it between own steps stops all external action until the coordinator answers. 0: never.</value>
    public long LeaseMs { get; init; } = 500;

    /// <value>Whether the process wants tasks; else it only hears of the job.</value>
    public bool TakesTasks { get; init; } = true;

    /// <value>Time between looks at how late the process wakes.</value>
    public long PulseMs { get; init; } = 50;

    /// <value>Pause before an append or a read of unknown outcome is repeated.</value>
    public long JournalRetryMs { get; init; } = 50;
}
