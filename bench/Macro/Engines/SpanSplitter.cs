using System.Runtime.InteropServices;
using WordLookup = System.Collections.Generic.Dictionary<string, long>.AlternateLookup<System.ReadOnlySpan<char>>;

namespace Millrace.Bench.Macro.Engines;

/// <summary>The user function of all <c>span</c> variants: counts a line's words without making a string per word.</summary>
internal static class SpanSplitter
{
    // program: handwritten w2 span
    public static void CountWords(ReadOnlySpan<char> line, WordLookup counts)
    {
        for (var end = line.IndexOf(' '); end >= 0; end = line.IndexOf(' '))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, line[..end], out _)++;
            line = line[(end + 1)..];
        }

        CollectionsMarshal.GetValueRefOrAddDefault(counts, line, out _)++;
    }

    // end
}
