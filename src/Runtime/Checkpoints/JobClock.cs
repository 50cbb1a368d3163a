namespace Millrace.Runtime.Checkpoints;

/// <summary>The one clock of a job: starts at the wall clock's time and then runs with the monotonic one, so that it never jumps. Thread-safe.</summary>
internal sealed class JobClock(TimeProvider time)
{
    private readonly long _startMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly long _startStamp = time.GetTimestamp();

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public long NowMs => _startMs + (long)time.GetElapsedTime(_startStamp).TotalMilliseconds;

    /// <summary>A timer that is not running.</summary>
    public ITimer CreateTimer(Action onTime) =>
        time.CreateTimer(static action => ((Action)action!)(), onTime, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
