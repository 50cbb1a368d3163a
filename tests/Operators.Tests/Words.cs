using CsCheck;

namespace Millrace.Operators;

/// <summary>Word count the naive way.</summary>
internal static class Words
{
    private static readonly string[] Known = ["", "a", "b", "to", "be", "or", "not", "ä"];

    /// <summary>Words that repeat, among them the empty one.</summary>
    public static Gen<(string, int)> Rows { get; } = Gen.Select(Gen.Int[0, 7].Select(word => Known[word]), Gen.Int[1, 5]);

    /// <summary>Rows by epoch and batch.</summary>
    public static Gen<(string, int)[][][]> Epochs { get; } = Rows.Array[1, 12].Array[0, 4].Array[1, 5];

    public static (string, int)[] Count((string Word, int Count)[] rows)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (word, count) in rows)
            counts[word] = counts.GetValueOrDefault(word) + count;
        return [.. counts.Select(pair => (pair.Key, pair.Value))];
    }
}
