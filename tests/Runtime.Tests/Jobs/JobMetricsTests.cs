using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class JobMetricsTests
{
    private const string Job = "metrics-test";

    [Fact]
    public async Task A_job_tells_its_epochs_and_recoveries_to_the_meter_and_the_activity_source()
    {
        var measured = new ConcurrentQueue<(string Instrument, string? Unit, double Value)>();
        var activities = new ConcurrentQueue<(string Name, TimeSpan Duration)>();
        using var meters = Listen(measured);
        using var sources = Listen(activities);
        await using var host = await TestHost.StartAsync();
        var hasFailed = 0;
        var graph = TestHost.Graph(
            new QueueSource<int>(new([[1], [2], [3]]), endsWhenEmpty: true),
            new LedgerSink<int>(),
            "map",
            () => new MapOperator<int, int>(row => row == 2 && Interlocked.Exchange(ref hasFailed, 1) == 0 ? throw new InvalidOperationException("once") : row));

        var job = await host.StartAsync(graph, TestHost.Often with { Name = Job });
        await job.Completion.WaitAsync(TestHost.Patience);

        Assert.Equal(JobState.Completed, job.State);
        var committed = measured.Where(measurement => measurement.Instrument == "millrace.epochs.committed").ToArray();
        var durations = measured.Where(measurement => measurement.Instrument == "millrace.epoch.duration").ToArray();
        Assert.InRange(committed.Length, 3, int.MaxValue);
        Assert.All(committed, measurement => Assert.Equal(("{epoch}", 1), (measurement.Unit, measurement.Value)));
        Assert.Equal(committed.Length, durations.Length);
        Assert.All(durations, measurement => Assert.Equal("s", measurement.Unit));
        Assert.All(durations, measurement => Assert.InRange(measurement.Value, 0, TestHost.Patience.TotalSeconds));
        Assert.Equal(job.Counters.Attempts, measured.Where(measurement => measurement.Instrument == "millrace.recoveries").Sum(measurement => measurement.Value));
        Assert.InRange(job.Counters.Attempts, 1, int.MaxValue);
        Assert.Equal(committed.Length, activities.Count);
        Assert.All(activities, activity => Assert.Equal("epoch", activity.Name));
        Assert.All(activities, activity => Assert.InRange(activity.Duration, TimeSpan.Zero, TestHost.Patience));
    }

    // Why the tag is looked at: other tests run jobs of their own in this process.
    private static MeterListener Listen(ConcurrentQueue<(string Instrument, string? Unit, double Value)> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Millrace")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();
        return listener;

        void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Contains(new KeyValuePair<string, object?>("job", Job)))
                measured.Enqueue((instrument.Name, instrument.Unit, value));
        }
    }

    private static ActivityListener Listen(ConcurrentQueue<(string Name, TimeSpan Duration)> activities)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Millrace",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("job"), Job))
                    activities.Enqueue((activity.OperationName, activity.Duration));
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
