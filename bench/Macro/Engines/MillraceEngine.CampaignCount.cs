using Millrace.Bench.Macro.Workloads;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class MillraceEngine
{
    // A batch of a second is given a millisecond of the clock, the least there is: no more than 100 M events/s.
    // program: millrace w4 window
    private async Task<ulong> CountViewsAsync(Input<AdEvent> input)
    {
        var results = new ResultChecksum();
        var window = CampaignCount.WindowBatches * Second;
        var context = NewContext();
        context.SourceStream("events", new InputSource<AdEvent>(input))
            .Filter(happened => happened.Type == AdEventType.View)
            .Map(view => (Key: view.Campaign, Value: 1L))
            .ReduceByKeyAndWindow((left, right) => left + right, window, window)
            .ForeachRDD(counts => AddCounts(results, counts));
        await RunAsync(context);
        return results.Value;
    }

    // end

    // program: millrace w4 window-of-batch
    private async Task<ulong> CountViewsOfBatchAsync(Input<AdEvent> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        context.SourceStream("events", new InputSource<AdEvent>(input, batchesPerEpoch: CampaignCount.WindowBatches))
            .Filter(happened => happened.Type == AdEventType.View)
            .Map(view => (Key: view.Campaign, Value: 1L))
            .ReduceByKey((left, right) => left + right)
            .ForeachRDD(counts => AddCounts(results, counts));
        await RunAsync(context);
        return results.Value;
    }

    // end

    // Windows by the events' own time, which begin anew with each pass over the pool: four passes in an epoch, which takes about a tenth of a second.
    // program: millrace w4 event-time
    // program: millrace cluster-w4 event-time
    private async Task<ulong> CountViewsByTimeAsync(Input<AdEvent> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        context.SourceStream("events", new InputSource<AdEvent>(input, batchesPerEpoch: CampaignCount.FourPassesBatches))
            .Filter(happened => happened.Type == AdEventType.View)
            .Map(view => (Key: (Window: view.TimeMs / CampaignCount.WindowMs, view.Campaign), Value: 1L))
            .ReduceByKey((left, right) => left + right)
            .ForeachRDD(counts => AddWindows(results, counts));
        await RunAsync(context);
        return results.Value;
    }

    // end

    private static void AddWindows(ResultChecksum results, Rdd<((long Window, int Campaign) Key, long Count)> counts)
    {
        foreach (var window in counts.Collect().GroupBy(entry => entry.Key.Window).OrderBy(window => window.Key))
        {
            foreach (var ((_, campaign), count) in window) results.Add(campaign, count);
            results.EndBatch();
        }
    }

    private static void AddCounts(ResultChecksum results, Rdd<(int Campaign, long Count)> counts)
    {
        if (counts.IsEmpty()) return;
        foreach (var (campaign, count) in counts.Collect()) results.Add(campaign, count);
        results.EndBatch();
    }
}
