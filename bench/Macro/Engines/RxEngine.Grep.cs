using System.Reactive.Linq;
using System.Reactive.Subjects;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class RxEngine
{
    // program: rx w1 where
    private static ulong CountMatches(Input<string> input)
    {
        var lines = new Subject<string>();
        var matches = 0L;
        using var subscription = lines
            .Where(line => line.Contains("NEEDLE42", StringComparison.Ordinal))
            .LongCount()
            .Subscribe(count => matches = count);
        Push(input, lines);
        return (ulong)matches;
    }

    // end
}
