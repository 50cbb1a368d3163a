using System.Threading.Tasks.Dataflow;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class DataflowEngine
{
    // program: dataflow w2s split
    private static Task<ulong> CountWindowBySplitAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySplit(line), static window => window.Table());

    // end

    // program: dataflow w2s span
    private static Task<ulong> CountWindowBySpanAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySpan(line), static window => window.Table());

    // end

    // program: dataflow w3 split
    private static Task<ulong> FindTopBySplitAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySplit(line), static window => window.Top());

    // end

    // program: dataflow w3 span
    private static Task<ulong> FindTopBySpanAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySpan(line), static window => window.Top());

    // end

    // program: dataflow w2s split
    // program: dataflow w2s span
    // program: dataflow w3 split
    // program: dataflow w3 span
    private static async Task<ulong> RunWindowAsync(
        Input<string> input, Action<SlidingCounts, string> count, Func<SlidingCounts, IEnumerable<KeyValuePair<string, long>>> result)
    {
        var results = new ResultChecksum();
        var window = new SlidingCounts();
        var slides = new BatchBlock<string>(
            SlidingWordCount.LinesPerSlide, new GroupingDataflowBlockOptions { BoundedCapacity = 2 * SlidingWordCount.LinesPerSlide });
        var counter = new ActionBlock<string[]>(
            lines =>
            {
                foreach (var line in lines) count(window, line);
                results.AddTable(result(window.EndSlide()));
            },
            new ExecutionDataflowBlockOptions { BoundedCapacity = 2 });
        slides.LinkTo(counter, new DataflowLinkOptions { PropagateCompletion = true });
        await SendAsync(input, slides);
        await counter.Completion;
        return results.Value;
    }

    // end
}
