using Akka.Actor;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Wakes an actor when its state machine wants its next tick. One wake is scheduled at a time.</summary>
internal sealed class ProtocolTimer(IActorContext context, JobClock clock, object tick)
{
    private readonly IActorRef _self = context.Self;
    private readonly IScheduler _scheduler = context.System.Scheduler;
    private ICancelable? _scheduled;
    private long _scheduledMs = long.MinValue;

    /// <summary>Schedules the tick, unless one that is not later is scheduled already.</summary>
    /// <param name="wakeMs">On the job's clock; <see cref="long.MaxValue"/> for never.</param>
    public void WakeAt(long wakeMs)
    {
        var nowMs = clock.NowMs;
        var isPending = _scheduledMs > nowMs;
        if (wakeMs == long.MaxValue || (isPending && _scheduledMs <= wakeMs))
            return;
        _scheduled?.Cancel();
        _scheduledMs = Math.Max(wakeMs, nowMs + 1);
        _scheduled = _scheduler.ScheduleTellOnceCancelable(TimeSpan.FromMilliseconds(_scheduledMs - nowMs), _self, tick, ActorRefs.NoSender);
    }

    public void Cancel() => _scheduled?.Cancel();
}
