namespace Millrace.Time;

/// <summary>Says how long to wait, so that no more than so many permits a second are used. Thread-safe; waits for nothing itself.</summary>
/// <remarks>Permits not used are kept for <c>burst</c>, so that whoever wakes up late catches up. Without a limit the clock is not read.</remarks>
public sealed class RateLimiter
{
    /// <summary>No limit.</summary>
    public const double Unlimited = double.PositiveInfinity;

    private const int LotMax = 256;
    private const double LotSeconds = 0.01;

    private static readonly TimeSpan DefaultBurst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WaitMax = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly double _burstSeconds;
    private readonly long _start;
    private double _freeAtSeconds;
    private double _rate;

    /// <param name="rate">Permits a second at first: more than zero, or <see cref="Unlimited"/>. Never above <paramref name="rateMax"/>.</param>
    /// <param name="rateMax">What <see cref="Update"/> can't exceed: more than zero, or <see cref="Unlimited"/>.</param>
    /// <param name="burst">How long unused permits are kept; null for 100 ms.</param>
    /// <param name="clock">Null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not more than zero, or the burst is negative.</exception>
    public RateLimiter(double rate = Unlimited, double rateMax = Unlimited, TimeSpan? burst = null, TimeProvider? clock = null)
    {
        ThrowUnlessRate(rate, nameof(rate));
        ThrowUnlessRate(rateMax, nameof(rateMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(burst ?? DefaultBurst, TimeSpan.Zero, nameof(burst));
        (RateMax, _rate) = (rateMax, Math.Min(rate, rateMax));
        _burstSeconds = (burst ?? DefaultBurst).TotalSeconds;
        _clock = clock ?? TimeProvider.System;
        _start = _clock.GetTimestamp();
    }

    /// <summary>What the rate can't exceed, in permits a second.</summary>
    public double RateMax { get; }

    /// <summary>The rate in force, in permits a second.</summary>
    public double Rate => Volatile.Read(ref _rate);

    /// <summary>How many permits to take at once, so that the limiter is asked once for many and a wait is about 10 ms: 1 to 256.</summary>
    public int Lot => (int)Math.Clamp(Rate * LotSeconds, 1, LotMax);

    /// <summary>Changes the rate, to at most <see cref="RateMax"/>. Waits already given out stay as they are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not more than zero.</exception>
    public void Update(double rate)
    {
        ThrowUnlessRate(rate, nameof(rate));
        Volatile.Write(ref _rate, Math.Min(rate, RateMax));
    }

    /// <summary>Takes permits; they may be used after the wait that it gives, at most a day.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one permit is asked for.</exception>
    public TimeSpan Reserve(int permits = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        var rate = Rate;
        if (double.IsPositiveInfinity(rate))
            return TimeSpan.Zero;
        lock (_lock)
        {
            var nowSeconds = _clock.GetElapsedTime(_start).TotalSeconds;
            var freeAtSeconds = Math.Max(_freeAtSeconds, nowSeconds - _burstSeconds);
            var waitSeconds = Math.Min(freeAtSeconds - nowSeconds, WaitMax.TotalSeconds);
            _freeAtSeconds = Math.Min(freeAtSeconds, nowSeconds + WaitMax.TotalSeconds) + permits / rate;
            return waitSeconds > 0 ? TimeSpan.FromTicks((long)Math.Round(waitSeconds * TimeSpan.TicksPerSecond)) : TimeSpan.Zero;
        }
    }

    private static void ThrowUnlessRate(double rate, string name)
    {
        if (!(rate > 0))
            throw new ArgumentOutOfRangeException(name, rate, "A rate of more than zero permits a second expected.");
    }
}
