using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class MillraceEngine
{
    // program: millrace w1 filter
    private async Task<ulong> CountMatchesAsync(Input<string> input)
    {
        var matches = 0L;
        var context = NewContext();
        context.SourceStream("lines", new InputSource<string>(input, batchesPerEpoch: 20))
            .Filter(line => line.Contains("NEEDLE42", StringComparison.Ordinal))
            .Count()
            .ForeachRDD(counts => counts.Foreach(count => matches += count));
        await RunAsync(context);
        return (ulong)matches;
    }

    // end
}
