namespace Millrace.Bench.Macro.Workloads;

/// <summary>W2: running count per word, result per batch of lines.</summary>
internal static class WordCount
{
    public const int WordsPerLine = 10;

    private const int PoolLines = 500_000;
    private const int Vocabulary = 10_000;
    private const int WordCharsMin = 5;
    private const int WordCharsMax = 13;

    public static Workload<string> Workload { get; } = new(
        "w2",
        $"word count: running count per word, result per batch of {Input<string>.BatchSize} lines; lines of {WordsPerLine} words, "
            + $"Zipf(1.0) over {Vocabulary} words of {WordCharsMin}-{WordCharsMax} letters",
        Generate,
        Expected);

    public static Input<string> Generate()
    {
        var random = new XorShift(43);
        var words = Words(random);
        var cumulative = ZipfCumulative();
        var lines = new string[PoolLines];
        var picked = new string[WordsPerLine];
        for (var i = 0; i < lines.Length; i++)
        {
            foreach (ref var word in picked.AsSpan()) word = words[Pick(cumulative, random.NextDouble())];
            lines[i] = string.Join(' ', picked);
        }

        return new Input<string>(lines, TextSize.Bytes(lines), batchCount: 1);
    }

    /// <summary>The distinct words of the lines, and each word of the lines as its number among them.</summary>
    public static (string[] Words, int[] Entries) Encode(string[] lines)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var words = new List<string>();
        var entries = new int[lines.Length * WordsPerLine];
        var next = 0;
        foreach (var word in lines.SelectMany(line => line.Split(' ')))
        {
            if (numbers.TryAdd(word, words.Count)) words.Add(word);
            entries[next++] = numbers[word];
        }

        return ([.. words], entries);
    }

    private static string[] Words(XorShift random)
    {
        var distinct = new HashSet<string>(StringComparer.Ordinal);
        var words = new string[Vocabulary];
        Span<char> letters = stackalloc char[WordCharsMax];
        for (var rank = 0; rank < words.Length;)
        {
            var word = letters[..(WordCharsMin + random.Next(WordCharsMax - WordCharsMin + 1))];
            foreach (ref var letter in word) letter = (char)('a' + random.Next(26));
            var text = new string(word);
            if (distinct.Add(text)) words[rank++] = text;
        }

        return words;
    }

    private static double[] ZipfCumulative()
    {
        var cumulative = new double[Vocabulary];
        var total = 0.0;
        for (var rank = 0; rank < cumulative.Length; rank++) cumulative[rank] = total += 1.0 / (rank + 1);
        foreach (ref var weight in cumulative.AsSpan()) weight /= total;
        return cumulative;
    }

    private static int Pick(double[] cumulative, double uniform)
    {
        var rank = Array.BinarySearch(cumulative, uniform);
        return Math.Min(rank < 0 ? ~rank : rank + 1, cumulative.Length - 1);
    }

    private static ulong Expected(Input<string> input, ResultKind kind)
    {
        var (words, entries) = Encode(input.Pool);
        var hashes = Array.ConvertAll(words, word => ResultChecksum.Hash(word));
        return RunningSums.Checksum(hashes, entries, static _ => 1, Input<string>.BatchSize * WordsPerLine, input.BatchCount, kind);
    }
}
