using System.Threading.Tasks.Dataflow;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class DataflowEngine
{
    // program: dataflow w4 action-block
    private static async Task<ulong> CountViewsAsync(Input<AdEvent> input)
    {
        var results = new ResultChecksum();
        var counts = new long[CampaignCount.Campaigns];
        var events = 0L;
        var counter = new ActionBlock<AdEvent>(
            happened =>
            {
                if (happened.Type == AdEventType.View) counts[happened.Campaign]++;
                if (++events % CampaignCount.EventsPerWindow != 0) return;

                results.AddTable(counts);
                Array.Clear(counts);
            },
            new ExecutionDataflowBlockOptions { BoundedCapacity = 10_000, SingleProducerConstrained = true });
        await SendAsync(input, counter);
        await counter.Completion;
        return results.Value;
    }

    // end
}
