using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Runtime.InteropServices;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class RxEngine
{
    // program: rx w5 aggregate
    private static ulong SumByAggregate(Input<KeyValue> input)
    {
        var results = new ResultChecksum();
        var pairs = new Subject<KeyValue>();
        using var subscription = pairs
            .Aggregate(new Dictionary<long, long>(), (sums, pair) =>
            {
                CollectionsMarshal.GetValueRefOrAddDefault(sums, pair.Key, out _) += pair.Value;
                return sums;
            })
            .Subscribe(results.AddTable);
        Push(input, pairs);
        return results.Value;
    }

    // end

    // program: rx w5 group-by
    private static ulong SumByGroup(Input<KeyValue> input)
    {
        var results = new ResultChecksum();
        var pairs = new Subject<KeyValue>();
        using var subscription = pairs
            .GroupBy(pair => pair.Key, pair => pair.Value)
            .SelectMany(values => values.Scan((sum, value) => sum + value).Select(sum => new KeyValue(values.Key, sum)))
            .Subscribe(running => results.Add(running.Key, running.Value), results.EndBatch);
        Push(input, pairs);
        return results.Value;
    }

    // end
}
