using Akka.Streams.Dsl;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class AkkaStreamsEngine
{
    // program: akka-streams w2s split
    private Task<ulong> CountWindowBySplitAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySplit(line), static window => window.Table());

    // end

    // program: akka-streams w2s span
    private Task<ulong> CountWindowBySpanAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySpan(line), static window => window.Table());

    // end

    // program: akka-streams w3 split
    private Task<ulong> FindTopBySplitAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySplit(line), static window => window.Top());

    // end

    // program: akka-streams w3 span
    private Task<ulong> FindTopBySpanAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySpan(line), static window => window.Top());

    // end

    // program: akka-streams w2s split
    // program: akka-streams w2s span
    // program: akka-streams w3 split
    // program: akka-streams w3 span
    private async Task<ulong> RunWindowAsync(
        Input<string> input, Action<SlidingCounts, string> count, Func<SlidingCounts, IEnumerable<KeyValuePair<string, long>>> result)
    {
        var results = new ResultChecksum();
        await Source.From(input.Records())
            .StatefulSelectMany<string, SlidingCounts, Akka.NotUsed>(() =>
            {
                var window = new SlidingCounts();
                var lines = 0L;
                return line =>
                {
                    count(window, line);
                    return ++lines % SlidingWordCount.LinesPerSlide == 0 ? [window.EndSlide()] : [];
                };
            })
            .RunForeach(window => results.AddTable(result(window)), Materializer);
        return results.Value;
    }

    // end
}
