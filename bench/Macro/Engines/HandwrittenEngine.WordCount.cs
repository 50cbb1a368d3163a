using System.Runtime.InteropServices;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class HandwrittenEngine
{
    // program: handwritten w2 span
    private static ulong CountWordsBySpan(Input<string> input)
    {
        var results = new ResultChecksum();
        var counts = new Dictionary<string, long>();
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        for (long batch = 0; batch < input.BatchCount; batch++)
        {
            foreach (var line in input.Batch(batch)) SpanSplitter.CountWords(line, lookup);
            results.AddTable(counts);
        }

        return results.Value;
    }

    // end

    // program: handwritten w2 split
    private static ulong CountWordsBySplit(Input<string> input)
    {
        var results = new ResultChecksum();
        var counts = new Dictionary<string, long>();
        for (long batch = 0; batch < input.BatchCount; batch++)
        {
            foreach (var line in input.Batch(batch))
            {
                foreach (var word in line.Split(' ')) CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
            }

            results.AddTable(counts);
        }

        return results.Value;
    }

    // end
}
