using System.Runtime.InteropServices;
using Akka.Streams.Dsl;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class AkkaStreamsEngine
{
    // program: akka-streams w5 aggregate
    private async Task<ulong> SumByAggregateAsync(Input<KeyValue> input)
    {
        var results = new ResultChecksum();
        var totals = await Source.From(input.Records())
            .RunAggregate(
                new Dictionary<long, long>(),
                (sums, pair) =>
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(sums, pair.Key, out _) += pair.Value;
                    return sums;
                },
                Materializer);
        results.AddTable(totals);
        return results.Value;
    }

    // end
}
