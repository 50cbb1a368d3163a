namespace Millrace.Bench.Macro.Workloads;

/// <summary>W1: count the lines that contain the needle.</summary>
internal static class Grep
{
    public const string Needle = "NEEDLE42";

    private const int PoolLines = 500_000;
    private const int LineChars = 100;
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789 ,.-";

    public static Workload<string> Workload { get; } = new(
        "w1", $"grep: count the lines that contain {Needle}; {LineChars}-character ASCII lines, 1 % match", Generate, Expected);

    private static Input<string> Generate()
    {
        var random = new XorShift(42);
        var lines = new string[PoolLines];
        Span<char> line = stackalloc char[LineChars];
        for (var i = 0; i < lines.Length; i++)
        {
            foreach (ref var c in line) c = Alphabet[random.Next(Alphabet.Length)];
            if (random.Next(100) == 0) Needle.CopyTo(line[random.Next(LineChars - Needle.Length + 1)..]);
            lines[i] = new string(line);
        }

        return new Input<string>(lines, TextSize.Bytes(lines), batchCount: 1);
    }

    private static ulong Expected(Input<string> input, ResultKind kind)
    {
        var matches = 0UL;
        for (long batch = 0; batch < input.BatchCount; batch++)
        {
            foreach (var line in input.Batch(batch))
            {
                if (line.Contains(Needle, StringComparison.Ordinal)) matches++;
            }
        }

        return matches;
    }
}
