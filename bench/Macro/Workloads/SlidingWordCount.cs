namespace Millrace.Bench.Macro.Workloads;

/// <summary>W2s: count per word over a sliding window of event time, result per slide. The windows at the start hold what there is.</summary>
/// <remarks>As in a DStream the time of an event is that of its batch: the line's number gives its second, and no engine reads a clock.</remarks>
internal static class SlidingWordCount
{
    /// <summary>Lines of one slide, that is of one second of event time.</summary>
    public const int LinesPerSlide = 20_000;

    public const int SlidesPerWindow = 30;

    public static Workload<string> Workload { get; } = new(
        "w2s",
        $"windowed word count: count per word over {SlidesPerWindow} s of event time, result per second of {LinesPerSlide} lines; lines as W2",
        WordCount.Generate,
        Expected);

    public static long SlideCount(Input<string> input) => input.Count / LinesPerSlide;

    public static ArraySegment<string> Slide(Input<string> input, long index) => input.Batch(index, LinesPerSlide);

    /// <summary>The plain loop that W2s and W3 are checked against: words are numbers, a slide is counted when it comes and counted back when it leaves.</summary>
    /// <param name="input">The input of the run.</param>
    /// <param name="addWindow">Adds a slide's results, given the counts of the words in its window.</param>
    public static ulong Checksum(Input<string> input, Action<ResultChecksum, string[], long[]> addWindow)
    {
        var checksum = new ResultChecksum();
        var (words, entries) = WordCount.Encode(input.Pool);
        var counts = new long[words.Length];
        for (long slide = 0; slide < SlideCount(input); slide++)
        {
            Count(slide, 1);
            if (slide >= SlidesPerWindow) Count(slide - SlidesPerWindow, -1);
            addWindow(checksum, words, counts);
            checksum.EndBatch();
        }

        return checksum.Value;

        void Count(long slide, int change)
        {
            const int Length = LinesPerSlide * WordCount.WordsPerLine;
            foreach (var word in entries.AsSpan((int)(slide % (entries.Length / Length)) * Length, Length)) counts[word] += change;
        }
    }

    private static ulong Expected(Input<string> input, ResultKind kind) => Checksum(input, static (checksum, words, counts) =>
    {
        for (var word = 0; word < words.Length; word++)
        {
            if (counts[word] > 0) checksum.Add(words[word], counts[word]);
        }
    });
}
