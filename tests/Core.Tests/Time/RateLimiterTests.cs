using Millrace.Time;

namespace Millrace.Core.Tests.Time;

public sealed class RateLimiterTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void Rates_that_are_none_are_refused()
    {
        Action[] wrong =
        [
            () => _ = new RateLimiter(0),
            () => _ = new RateLimiter(double.NaN),
            () => _ = new RateLimiter(rateMax: -1),
            () => _ = new RateLimiter(burst: TimeSpan.FromTicks(-1)),
            () => new RateLimiter().Update(0),
            () => new RateLimiter().Reserve(0),
        ];

        Assert.All(wrong, act => Assert.Throws<ArgumentOutOfRangeException>(act));
    }

    [Fact]
    public void Without_a_limit_nobody_waits_and_the_clock_is_not_read()
    {
        var limiter = new RateLimiter(clock: _clock);
        var reads = _clock.Reads;

        for (var i = 0; i < 1000; i++)
            Assert.Equal(TimeSpan.Zero, limiter.Reserve(1000));

        Assert.Equal(reads, _clock.Reads);
    }

    [Fact]
    public void Whoever_comes_next_waits_for_what_was_taken()
    {
        var limiter = new RateLimiter(10, burst: TimeSpan.Zero, clock: _clock);

        Assert.Equal(TimeSpan.Zero, limiter.Reserve());
        Assert.Equal(TimeSpan.FromMilliseconds(100), limiter.Reserve(5));
        Assert.Equal(TimeSpan.FromMilliseconds(600), limiter.Reserve());
        _clock.Now = TimeSpan.FromMilliseconds(650);
        Assert.Equal(TimeSpan.FromMilliseconds(50), limiter.Reserve());
    }

    [Fact]
    public void Unused_permits_are_kept_for_the_burst_alone()
    {
        var limiter = new RateLimiter(10, burst: TimeSpan.FromSeconds(1), clock: _clock);
        _clock.Now = TimeSpan.FromSeconds(100);

        for (var i = 0; i < 11; i++)
            Assert.Equal(TimeSpan.Zero, limiter.Reserve());
        Assert.Equal(TimeSpan.FromMilliseconds(100), limiter.Reserve());
    }

    [Fact]
    public void Rate_starts_low_changes_and_stays_under_the_bound()
    {
        var limiter = new RateLimiter(1, 100, TimeSpan.Zero, _clock);
        Assert.Equal(1, limiter.Rate);
        limiter.Reserve();

        limiter.Update(50);
        Assert.Equal(TimeSpan.FromSeconds(1), limiter.Reserve());
        Assert.Equal(TimeSpan.FromMilliseconds(1020), limiter.Reserve());
        limiter.Update(1e9);
        Assert.Equal(100, limiter.Rate);
        Assert.Equal(100, new RateLimiter(1000, 100).Rate);
    }

    [Fact]
    public void Wait_is_at_most_a_day()
    {
        var limiter = new RateLimiter(1e-9, clock: _clock);
        limiter.Reserve(int.MaxValue);

        Assert.Equal(TimeSpan.FromDays(1), limiter.Reserve());
    }

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public int Reads { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            Reads++;
            return Now.Ticks;
        }
    }
}
