using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Connectors.Receivers;
using Millrace.DStreams;
using Millrace.Time;

namespace Millrace.Api.Tests.DStreams;

public sealed class ReceiverMonitorTests
{
    private readonly RateLimiter _limiter = new(rate: 10_000);

    [Fact]
    public void Batches_that_take_too_long_lower_the_rate_of_their_receiver()
    {
        using var bus = new ListenerBus(NullLogger.Instance);
        var monitor = new ReceiverMonitor((0, "receiver"), new LimitedSource(_limiter), new PidRateEstimator(TimeSpan.FromSeconds(1)), bus, TimeProvider.System);

        // 10,000 records in 2 s: the first batch only sets the last rate, 5,000/s. Then 2,000 in 1 s, waited 1 s:
        // error 5,000 - 2,000, historical error 1,000 ms × 2,000/s / 1,000 ms, so 5,000 - 3,000 - 0.2 × 2,000.
        monitor.BatchCompleted(Batch(timeMs: 1_000, records: 10_000, startMs: 1_000, endMs: 3_000));
        Assert.Equal(10_000, _limiter.Rate);
        monitor.BatchCompleted(Batch(timeMs: 2_000, records: 2_000, startMs: 3_000, endMs: 4_000));

        Assert.Equal(1_600, _limiter.Rate, tolerance: 1e-6);
    }

    [Fact]
    public void Without_back_pressure_and_for_other_streams_the_rate_stays()
    {
        using var bus = new ListenerBus(NullLogger.Instance);
        var monitors = new[]
        {
            new ReceiverMonitor((0, "receiver"), new LimitedSource(_limiter), estimator: null, bus, TimeProvider.System),
            new ReceiverMonitor((1, "other"), new LimitedSource(_limiter), new PidRateEstimator(TimeSpan.FromSeconds(1)), bus, TimeProvider.System),
        };
        foreach (var monitor in monitors)
        {
            monitor.BatchCompleted(Batch(timeMs: 1_000, records: 10_000, startMs: 1_000, endMs: 3_000));
            monitor.BatchCompleted(Batch(timeMs: 2_000, records: 2_000, startMs: 3_000, endMs: 4_000));
        }

        Assert.Equal(10_000, _limiter.Rate);
    }

    private sealed class LimitedSource(RateLimiter limiter) : IReceiverSource
    {
        event Action<ReceiverEvent>? IReceiverSource.Changed
        {
            add { }
            remove { }
        }

        public RateLimiter RateLimiter => limiter;

        public ReceiverStatus Status => ReceiverStatus.None;
    }

    private static BatchInfo Batch(long timeMs, long records, long startMs, long endMs) => new(new(timeMs), [new("receiver", records)])
    {
        ProcessingStartTime = DateTimeOffset.FromUnixTimeMilliseconds(startMs),
        ProcessingEndTime = DateTimeOffset.FromUnixTimeMilliseconds(endMs),
    };
}
