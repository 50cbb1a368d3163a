using System.Runtime.InteropServices;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class HandwrittenEngine
{
    // program: handwritten w5 open-addressing
    private static ulong SumByOpenAddressing(Input<KeyValue> input)
    {
        var sums = new SumTable(KeyedSum.DistinctKeys);
        for (long batch = 0; batch < input.BatchCount; batch++) sums.Add(input.Batch(batch));
        return sums.Checksum();
    }

    // end

    // program: handwritten w5 dictionary
    private static ulong SumByDictionary(Input<KeyValue> input)
    {
        var results = new ResultChecksum();
        var sums = new Dictionary<long, long>();
        for (long batch = 0; batch < input.BatchCount; batch++)
        {
            foreach (var (key, value) in input.Batch(batch))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _) += value;
            }
        }

        results.AddTable(sums);
        return results.Value;
    }

    // end
}
