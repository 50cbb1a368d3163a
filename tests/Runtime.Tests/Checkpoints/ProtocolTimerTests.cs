using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class ProtocolTimerTests
{
    [Fact]
    public void A_wake_that_no_timer_reaches_is_set_again_by_a_tick_that_comes_before_it()
    {
        var time = new HandTimers();
        var clock = new JobClock(time);
        var actor = new RecordingRef();
        var timer = new ProtocolTimer(actor, clock, "tick");
        var wakeMs = clock.NowMs + (long)TimeSpan.FromDays(100).TotalMilliseconds;

        timer.WakeAt(wakeMs);
        time.Fire();
        timer.WakeAt(wakeMs);

        Assert.Equal([TimeSpan.FromDays(1), TimeSpan.FromDays(1)], time.Delays);
        Assert.Equal(["tick"], actor.Messages);
    }

    /// <summary>Timers that fire when the test says so.</summary>
    private sealed class HandTimers : TimeProvider, ITimer
    {
        private Action _fire = () => { };

        public List<TimeSpan> Delays { get; } = [];

        public void Fire() => _fire();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Delays.Add(dueTime);
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
