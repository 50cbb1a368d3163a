using Akka.Streams.Dsl;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class AkkaStreamsEngine
{
    // program: akka-streams w1 where
    private async Task<ulong> CountMatchesAsync(Input<string> input) =>
        await Source.From(input.Records())
            .Where(line => line.Contains("NEEDLE42", StringComparison.Ordinal))
            .RunAggregate(0UL, (count, _) => count + 1, Materializer);

    // end
}
