using System.Buffers;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class HandwrittenEngine
{
    // program: handwritten w1 contains
    private static ulong CountMatches(Input<string> input)
    {
        var matches = 0UL;
        for (long batch = 0; batch < input.BatchCount; batch++) matches += CountMatches(input.Batch(batch));
        return matches;
    }

    internal static ulong CountMatches(ReadOnlySpan<string> lines)
    {
        var matches = 0UL;
        foreach (var line in lines)
        {
            if (line.Contains("NEEDLE42", StringComparison.Ordinal)) matches++;
        }

        return matches;
    }

    // end

    // program: handwritten w1 search-values
    private static readonly SearchValues<string> Needle = SearchValues.Create(["NEEDLE42"], StringComparison.Ordinal);

    private static ulong CountMatchesBySearchValues(Input<string> input)
    {
        var matches = 0UL;
        for (long batch = 0; batch < input.BatchCount; batch++) matches += CountMatchesBySearchValues(input.Batch(batch));
        return matches;
    }

    private static ulong CountMatchesBySearchValues(ReadOnlySpan<string> lines)
    {
        var matches = 0UL;
        foreach (var line in lines)
        {
            if (line.AsSpan().ContainsAny(Needle)) matches++;
        }

        return matches;
    }

    // end
}
