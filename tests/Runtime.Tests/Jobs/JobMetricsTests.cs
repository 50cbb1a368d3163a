using System.Collections.Concurrent;
using System.Diagnostics;
using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;
using Millrace.TestSupport;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class JobMetricsTests
{
    private const string Job = "metrics-test";

    [Fact]
    public async Task A_job_tells_its_epochs_and_recoveries_to_the_meter_and_the_activity_source()
    {
        var activities = new ConcurrentQueue<(string Name, TimeSpan Duration)>();
        using var meter = new MeterReadings(Job);
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
        var committed = meter.Of("millrace.epochs.committed", "{epoch}");
        var durations = meter.Of("millrace.epoch.duration", "s");
        Assert.InRange(committed.Length, 3, int.MaxValue);
        Assert.All(committed, measurement => Assert.Equal(1, measurement.Value));
        Assert.Equal(committed.Length, durations.Length);
        Assert.All(durations, measurement => Assert.InRange(measurement.Value, 0, TestHost.Patience.TotalSeconds));
        Assert.Equal(job.Counters.Attempts, meter.Of("millrace.recoveries", "{recovery}").Sum(measurement => measurement.Value));
        Assert.InRange(job.Counters.Attempts, 1, int.MaxValue);
        Assert.Equal(committed.Length, activities.Count);
        Assert.All(activities, activity => Assert.Equal("epoch", activity.Name));
        Assert.All(activities, activity => Assert.InRange(activity.Duration, TimeSpan.Zero, TestHost.Patience));
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
