using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class HandwrittenEngine
{
    // program: handwritten w2s span
    private static ulong CountWindowBySpan(Input<string> input) => RunWindow(input, CountSlideBySpan, static window => window.Table());

    // end

    // program: handwritten w3 span
    private static ulong FindTopBySpan(Input<string> input) => RunWindow(input, CountSlideBySpan, static window => window.Top());

    // end

    // program: handwritten w2s span
    // program: handwritten w3 span
    private static void CountSlideBySpan(SlidingCounts window, ArraySegment<string> lines)
    {
        foreach (var line in lines) window.CountBySpan(line);
    }

    // end

    // program: handwritten w2s split
    private static ulong CountWindowBySplit(Input<string> input) => RunWindow(input, CountSlideBySplit, static window => window.Table());

    // end

    // program: handwritten w3 split
    private static ulong FindTopBySplit(Input<string> input) => RunWindow(input, CountSlideBySplit, static window => window.Top());

    // end

    // program: handwritten w2s split
    // program: handwritten w3 split
    private static void CountSlideBySplit(SlidingCounts window, ArraySegment<string> lines)
    {
        foreach (var line in lines) window.CountBySplit(line);
    }

    // end

    // program: handwritten w2s span
    // program: handwritten w2s split
    // program: handwritten w3 span
    // program: handwritten w3 split
    private static ulong RunWindow(
        Input<string> input, Action<SlidingCounts, ArraySegment<string>> count, Func<SlidingCounts, IEnumerable<KeyValuePair<string, long>>> result)
    {
        var results = new ResultChecksum();
        var window = new SlidingCounts();
        for (long slide = 0; slide < SlidingWordCount.SlideCount(input); slide++)
        {
            count(window, SlidingWordCount.Slide(input, slide));
            results.AddTable(result(window.EndSlide()));
        }

        return results.Value;
    }

    // end
}
