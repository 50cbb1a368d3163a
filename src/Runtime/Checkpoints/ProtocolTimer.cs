using Akka.Actor;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Wakes an actor when its state machine wants its next tick. One wake is scheduled at a time.</summary>
/// <remarks>On timers of the job's clock, since Akka's scheduler ticks every 10 ms and a batch interval may be shorter.</remarks>
internal sealed class ProtocolTimer
{
    // Why: a timer takes 49.7 days at most; a tick that comes too early sets it again.
    private const long DelayMsMax = 24 * 60 * 60 * 1000;

    private readonly JobClock _clock;
    private readonly ITimer _timer;
    private long _wakeMs = long.MaxValue;

    public ProtocolTimer(IActorRef self, JobClock clock, object tick)
    {
        _clock = clock;
        _timer = clock.CreateTimer(() =>
        {
            // Why here: a timer may fire a moment before its time by the job's clock, and must then be set again.
            Volatile.Write(ref _wakeMs, long.MaxValue);
            self.Tell(tick, ActorRefs.NoSender);
        });
    }

    /// <summary>Schedules the tick, unless one that is not later is scheduled already.</summary>
    /// <param name="wakeMs">On the job's clock; <see cref="long.MaxValue"/> for never.</param>
    public void WakeAt(long wakeMs)
    {
        if (wakeMs >= Volatile.Read(ref _wakeMs))
            return;
        Volatile.Write(ref _wakeMs, wakeMs);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(wakeMs - _clock.NowMs, 0, DelayMsMax)), Timeout.InfiniteTimeSpan);

        // Why again: a clock that is moved by hand may have jumped between the reading and the setting, and then stand still.
        if (_clock.NowMs >= wakeMs)
            _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Cancel() => _timer.Dispose();
}
