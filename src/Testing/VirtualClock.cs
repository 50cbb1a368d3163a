namespace Millrace.Testing;

/// <summary>A clock that stands still until it is moved. Thread-safe.</summary>
/// <remarks>Timers fire on the thread that moves the clock, in the order of their times; one that is set to a time gone by fires on the thread that sets it.</remarks>
internal sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<VirtualTimer> _timers = [];
    private long _nowTicks = start.UtcTicks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _nowTicks);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on, and fires what is due on the way.</summary>
    public void AdvanceTo(DateTimeOffset time)
    {
        while (NextDue(time.UtcTicks) is { } timer)
            timer.Fire();
    }

    /// <summary>The next timer that is due by then, the clock standing at its time; or none, the clock having arrived.</summary>
    private VirtualTimer? NextDue(long untilTicks)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.DueTicks <= untilTicks).MinBy(timer => timer.DueTicks);
            Volatile.Write(ref _nowTicks, Math.Max(_nowTicks, next?.DueTicks ?? untilTicks));
            if (next is null)
                return null;
            if (next.PeriodTicks > 0)
                next.DueTicks += next.PeriodTicks;
            else
                _timers.Remove(next);
            return next;
        }
    }

    private void Set(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            if (dueTime < TimeSpan.Zero)
                return;
            (timer.DueTicks, timer.PeriodTicks) = (_nowTicks + dueTime.Ticks, period.Ticks);
            _timers.Add(timer);
        }

        if (dueTime == TimeSpan.Zero)
            AdvanceTo(GetUtcNow());
    }

    private sealed class VirtualTimer(VirtualClock clock, Action onTime) : ITimer
    {
        public long DueTicks { get; set; }

        public long PeriodTicks { get; set; }

        public void Fire() => onTime();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Set(this, dueTime, period);
            return true;
        }

        public void Dispose() => clock.Set(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
