using System.Runtime.InteropServices;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class HandwrittenEngine
{
    // program: handwritten w4 array
    private static ulong CountViewsByArray(Input<AdEvent> input)
    {
        var results = new ResultChecksum();
        var counts = new long[CampaignCount.Campaigns];
        for (long batch = 0; batch < input.BatchCount; batch++)
        {
            CountViews(input.Batch(batch), counts);
            if ((batch + 1) % CampaignCount.WindowBatches != 0) continue;

            results.AddTable(counts);
            Array.Clear(counts);
        }

        return results.Value;
    }

    // Why without a branch: one that is taken at random, by a third of the events, costs more than to add nothing.
    internal static void CountViews(ReadOnlySpan<AdEvent> events, long[] counts)
    {
        foreach (ref readonly var happened in events) counts[happened.Campaign] += happened.Type == AdEventType.View ? 1 : 0;
    }

    // end

    // program: handwritten w4 array-if
    private static ulong CountViewsByBranch(Input<AdEvent> input)
    {
        var results = new ResultChecksum();
        var counts = new long[CampaignCount.Campaigns];
        for (long batch = 0; batch < input.BatchCount; batch++)
        {
            foreach (ref readonly var happened in input.Batch(batch).AsSpan())
            {
                if (happened.Type == AdEventType.View) counts[happened.Campaign]++;
            }

            if ((batch + 1) % CampaignCount.WindowBatches != 0) continue;

            results.AddTable(counts);
            Array.Clear(counts);
        }

        return results.Value;
    }

    // end

    // program: handwritten w4 dictionary
    private static ulong CountViewsByDictionary(Input<AdEvent> input)
    {
        var results = new ResultChecksum();
        var counts = new Dictionary<long, long>();
        for (long batch = 0; batch < input.BatchCount; batch++)
        {
            foreach (ref readonly var happened in input.Batch(batch).AsSpan())
            {
                if (happened.Type == AdEventType.View) CollectionsMarshal.GetValueRefOrAddDefault(counts, happened.Campaign, out _)++;
            }

            if ((batch + 1) % CampaignCount.WindowBatches != 0) continue;

            results.AddTable(counts);
            counts.Clear();
        }

        return results.Value;
    }

    // end
}
