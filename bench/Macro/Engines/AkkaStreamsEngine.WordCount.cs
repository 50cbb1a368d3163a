using System.Runtime.InteropServices;
using Akka.Streams.Dsl;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class AkkaStreamsEngine
{
    // program: akka-streams w2 split
    private async Task<ulong> CountWordsBySplitAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        await Source.From(input.Records())
            .Select(line => line.Split(' '))
            .StatefulSelectMany<string[], Dictionary<string, long>, Akka.NotUsed>(() =>
            {
                var counts = new Dictionary<string, long>();
                var lines = 0L;
                return words =>
                {
                    foreach (var word in words) CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
                    return ++lines % Input<string>.BatchSize == 0 ? [counts] : [];
                };
            })
            .RunForeach(results.AddTable, Materializer);
        return results.Value;
    }

    // end

    // program: akka-streams w2 span
    private async Task<ulong> CountWordsBySpanAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        await Source.From(input.Records())
            .StatefulSelectMany<string, Dictionary<string, long>, Akka.NotUsed>(() =>
            {
                var counts = new Dictionary<string, long>();
                var lines = 0L;
                return line =>
                {
                    SpanSplitter.CountWords(line, counts.GetAlternateLookup<ReadOnlySpan<char>>());
                    return ++lines % Input<string>.BatchSize == 0 ? [counts] : [];
                };
            })
            .RunForeach(results.AddTable, Materializer);
        return results.Value;
    }

    // end
}
