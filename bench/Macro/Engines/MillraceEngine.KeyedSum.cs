using Millrace.Bench.Macro.Workloads;
using Millrace.DStreams;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class MillraceEngine
{
    // program: millrace w5 running-reduce
    private async Task<ulong> SumAsync(Input<KeyValue> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        context.SourceStream("pairs", new InputSource<KeyValue>(input, batchesPerEpoch: 30))
            .Map(pair => (pair.Key, pair.Value))
            .RunningReduceByKey((left, right) => left + right)
            .ForeachRDD(changes =>
            {
                if (changes.IsEmpty()) return;
                foreach (var (key, value) in changes.Collect()) results.Add(key, value);
                results.EndBatch();
            });
        await RunAsync(context);
        return results.Value;
    }

    // end
}
