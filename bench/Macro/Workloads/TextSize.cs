namespace Millrace.Bench.Macro.Workloads;

internal static class TextSize
{
    /// <summary>Heap bytes of an array of strings: reference, header, length, characters and terminator, rounded to words.</summary>
    public static long Bytes(string[] lines)
    {
        long bytes = 0;
        foreach (var line in lines) bytes += 8 + ((22 + (2 * line.Length) + 7) & ~7);
        return bytes;
    }
}
