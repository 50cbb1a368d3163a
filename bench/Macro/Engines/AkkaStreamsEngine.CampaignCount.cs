using Akka.Streams.Dsl;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class AkkaStreamsEngine
{
    // program: akka-streams w4 stateful
    private async Task<ulong> CountViewsAsync(Input<AdEvent> input)
    {
        var results = new ResultChecksum();
        await Source.From(input.Records())
            .StatefulSelectMany<AdEvent, long[], Akka.NotUsed>(() =>
            {
                var counts = new long[CampaignCount.Campaigns];
                var events = 0L;
                return happened =>
                {
                    if (happened.Type == AdEventType.View) counts[happened.Campaign]++;
                    if (++events % CampaignCount.EventsPerWindow != 0) return [];

                    var window = counts;
                    counts = new long[CampaignCount.Campaigns];
                    return [window];
                };
            })
            .RunForeach(counts => results.AddTable(counts), Materializer);
        return results.Value;
    }

    // end
}
