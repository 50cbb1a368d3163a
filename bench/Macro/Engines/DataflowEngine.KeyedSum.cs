using System.Runtime.InteropServices;
using System.Threading.Tasks.Dataflow;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class DataflowEngine
{
    // program: dataflow w5 action-block
    private static async Task<ulong> SumByActionBlockAsync(Input<KeyValue> input)
    {
        var results = new ResultChecksum();
        var sums = new Dictionary<long, long>();
        var totals = new ActionBlock<KeyValue>(
            pair => CollectionsMarshal.GetValueRefOrAddDefault(sums, pair.Key, out _) += pair.Value,
            new ExecutionDataflowBlockOptions { BoundedCapacity = 10_000, SingleProducerConstrained = true });
        await SendAsync(input, totals);
        await totals.Completion;
        results.AddTable(sums);
        return results.Value;
    }

    // end
}
