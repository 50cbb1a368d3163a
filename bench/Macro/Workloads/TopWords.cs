namespace Millrace.Bench.Macro.Workloads;

/// <summary>W3: the most frequent words of the W2s window; of equal ones those that come first in ordinal order.</summary>
internal static class TopWords
{
    public const int Count = 10;

    public static Workload<string> Workload { get; } = new(
        "w3",
        $"top-k: the {Count} most frequent words of the W2s window, result per second of {SlidingWordCount.LinesPerSlide} lines",
        WordCount.Generate,
        Expected);

    private static ulong Expected(Input<string> input, ResultKind kind) => SlidingWordCount.Checksum(input, static (checksum, words, counts) =>
    {
        var top = Enumerable.Range(0, words.Length)
            .Where(word => counts[word] > 0)
            .OrderByDescending(word => counts[word])
            .ThenBy(word => words[word], StringComparer.Ordinal)
            .Take(Count);
        foreach (var word in top) checksum.Add(words[word], counts[word]);
    });
}
