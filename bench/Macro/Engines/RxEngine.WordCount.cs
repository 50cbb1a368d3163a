using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Runtime.InteropServices;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class RxEngine
{
    // program: rx w2 split
    private static ulong CountWordsBySplit(Input<string> input)
    {
        var results = new ResultChecksum();
        var lines = new Subject<string>();
        using var subscription = lines
            .Select(line => line.Split(' '))
            .Scan(new Dictionary<string, long>(), (counts, words) =>
            {
                foreach (var word in words) CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
                return counts;
            })
            .Where((_, index) => (index + 1) % Input<string>.BatchSize == 0)
            .Subscribe(results.AddTable);
        Push(input, lines);
        return results.Value;
    }

    // end

    // program: rx w2 span
    private static ulong CountWordsBySpan(Input<string> input)
    {
        var results = new ResultChecksum();
        var lines = new Subject<string>();
        using var subscription = lines
            .Scan(new Dictionary<string, long>(), (counts, line) =>
            {
                SpanSplitter.CountWords(line, counts.GetAlternateLookup<ReadOnlySpan<char>>());
                return counts;
            })
            .Where((_, index) => (index + 1) % Input<string>.BatchSize == 0)
            .Subscribe(results.AddTable);
        Push(input, lines);
        return results.Value;
    }

    // end
}
