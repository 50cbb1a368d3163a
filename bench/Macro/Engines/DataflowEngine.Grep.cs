using System.Threading.Tasks.Dataflow;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class DataflowEngine
{
    // program: dataflow w1 action-block
    private static async Task<ulong> CountMatchesAsync(Input<string> input)
    {
        var matches = 0UL;
        var counter = new ActionBlock<string>(
            line =>
            {
                if (line.Contains("NEEDLE42", StringComparison.Ordinal)) matches++;
            },
            new ExecutionDataflowBlockOptions { BoundedCapacity = 10_000, SingleProducerConstrained = true });
        await SendAsync(input, counter);
        await counter.Completion;
        return matches;
    }

    // end
}
