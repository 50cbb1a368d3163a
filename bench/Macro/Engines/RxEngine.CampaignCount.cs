using System.Reactive.Linq;
using System.Reactive.Subjects;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class RxEngine
{
    // program: rx w4 scan
    private static ulong CountViews(Input<AdEvent> input)
    {
        var results = new ResultChecksum();
        var events = new Subject<AdEvent>();
        using var subscription = events
            .Scan(new long[CampaignCount.Campaigns], (counts, happened) =>
            {
                if (happened.Type == AdEventType.View) counts[happened.Campaign]++;
                return counts;
            })
            .Where((_, index) => (index + 1) % CampaignCount.EventsPerWindow == 0)
            .Subscribe(counts =>
            {
                results.AddTable(counts);
                Array.Clear(counts);
            });
        Push(input, events);
        return results.Value;
    }

    // end
}
