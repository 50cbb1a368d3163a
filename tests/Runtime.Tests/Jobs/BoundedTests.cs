using System.Diagnostics;
using Millrace.Connectors;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;
using Xunit.Abstractions;

namespace Millrace.Runtime.Tests.Jobs;

[Collection(AloneCollection.Name)]
public sealed class BoundedTests(ITestOutputHelper output)
{
    private const long RecordsPerSplit = 5_000_000;
    private const double NanosecondsPerRecordMin = 300;
    private const double NanosecondsPerRecordMax = 1_000;

    [Fact]
    public async Task A_sink_a_thousand_times_slower_than_the_source_holds_it_back()
    {
        var source = new CountingSource(RecordsPerSplit);
        var nanosecondsOfSource = MeasureSource(source);
        var sink = new SpinningSink(Math.Clamp(nanosecondsOfSource * 1_100, NanosecondsPerRecordMin, NanosecondsPerRecordMax));
        Assert.True(NanosecondsPerRecordMax >= nanosecondsOfSource * 1_000, $"The source is too slow to be compared: {nanosecondsOfSource} ns a record.");
        await using var host = await TestHost.StartAsync();
        GC.Collect();
        var heapBefore = GC.GetTotalMemory(forceFullCollection: true);

        var job = await host.StartAsync(
            TestHost.Graph(source, sink, "map", () => new MapOperator<long, long>(row => row), Exchange<long>.Rebalance), TestHost.Often);
        await job.Completion.WaitAsync(TimeSpan.FromSeconds(120));

        var growth = (sink.HeapBytesMax - heapBefore) / 1e6;
        output.WriteLine($"source {nanosecondsOfSource:F2} ns a record, in flight at most {job.Counters.BatchesInFlightMax} of {job.Counters.CreditBatches}, heap +{growth:F1} MB");
        Assert.Equal(2 * RecordsPerSplit, sink.Records);
        Assert.InRange(job.Counters.BatchesInFlightMax, 1, job.Counters.CreditBatches);
        Assert.InRange(growth, double.NegativeInfinity, 50);
    }

    private static double MeasureSource(ISource<long> source)
    {
        using var reader = source.Open(new SplitContext(new PartitionId(0), 2, static _ => { }));
        var best = double.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var offset = 0L; offset < RecordsPerSplit;)
                reader.Read(offset, RecordsPerSplit, out offset)!.Release();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / RecordsPerSplit);
        }

        return best;
    }
}
