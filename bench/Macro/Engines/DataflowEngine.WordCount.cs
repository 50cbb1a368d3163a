using System.Runtime.InteropServices;
using System.Threading.Tasks.Dataflow;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class DataflowEngine
{
    // program: dataflow w2 split
    private static async Task<ulong> CountWordsBySplitAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        var counts = new Dictionary<string, long>();
        var batches = new BatchBlock<string>(Input<string>.BatchSize, new GroupingDataflowBlockOptions { BoundedCapacity = 200_000 });
        var counter = new ActionBlock<string[]>(
            lines =>
            {
                foreach (var line in lines)
                {
                    foreach (var word in line.Split(' ')) CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
                }

                results.AddTable(counts);
            },
            new ExecutionDataflowBlockOptions { BoundedCapacity = 2 });
        batches.LinkTo(counter, new DataflowLinkOptions { PropagateCompletion = true });
        await SendAsync(input, batches);
        await counter.Completion;
        return results.Value;
    }

    // end

    // program: dataflow w2 span
    private static async Task<ulong> CountWordsBySpanAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        var counts = new Dictionary<string, long>();
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var batches = new BatchBlock<string>(Input<string>.BatchSize, new GroupingDataflowBlockOptions { BoundedCapacity = 200_000 });
        var counter = new ActionBlock<string[]>(
            lines =>
            {
                foreach (var line in lines) SpanSplitter.CountWords(line, lookup);
                results.AddTable(counts);
            },
            new ExecutionDataflowBlockOptions { BoundedCapacity = 2 });
        batches.LinkTo(counter, new DataflowLinkOptions { PropagateCompletion = true });
        await SendAsync(input, batches);
        await counter.Completion;
        return results.Value;
    }

    // end
}
