using System.Reactive.Linq;
using System.Reactive.Subjects;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class RxEngine
{
    // program: rx w2s split
    private static ulong CountWindowBySplit(Input<string> input) =>
        RunWindow(input, static (window, line) => window.CountBySplit(line), static window => window.Table());

    // end

    // program: rx w2s span
    private static ulong CountWindowBySpan(Input<string> input) =>
        RunWindow(input, static (window, line) => window.CountBySpan(line), static window => window.Table());

    // end

    // program: rx w3 split
    private static ulong FindTopBySplit(Input<string> input) =>
        RunWindow(input, static (window, line) => window.CountBySplit(line), static window => window.Top());

    // end

    // program: rx w3 span
    private static ulong FindTopBySpan(Input<string> input) =>
        RunWindow(input, static (window, line) => window.CountBySpan(line), static window => window.Top());

    // end

    // program: rx w2s split
    // program: rx w2s span
    // program: rx w3 split
    // program: rx w3 span
    private static ulong RunWindow(
        Input<string> input, Action<SlidingCounts, string> count, Func<SlidingCounts, IEnumerable<KeyValuePair<string, long>>> result)
    {
        var results = new ResultChecksum();
        var lines = new Subject<string>();
        using var subscription = lines
            .Scan(new SlidingCounts(), (window, line) =>
            {
                count(window, line);
                return window;
            })
            .Where((_, index) => (index + 1) % SlidingWordCount.LinesPerSlide == 0)
            .Subscribe(window => results.AddTable(result(window.EndSlide())));
        Push(input, lines);
        return results.Value;
    }

    // end
}
