using Millrace.Bench.Macro.Workloads;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class MillraceEngine
{
    // program: millrace w2 split
    // program: millrace cluster-w2 split
    private async Task<ulong> CountWordsBySplitAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        context.SourceStream("lines", new InputSource<string>(input))
            .FlatMap<(string Key, long Value)>((line, output) =>
            {
                foreach (var word in line.Split(' ')) output.Add((word, 1));
            })
            .ReduceByKey((left, right) => left + right)
            .UpdateStateByKey<string, long, long>((counts, state) => state.GetOrElse(0) + counts.Sum())
            .ForeachRDD(table => AddTable(results, table));
        await RunAsync(context);
        return results.Value;
    }

    // end

    // program: millrace w2 split-map
    private async Task<ulong> CountWordsBySplitAndMapAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        context.SourceStream("lines", new InputSource<string>(input))
            .FlatMap(line => line.Split(' '))
            .Map(word => (Key: word, Value: 1L))
            .ReduceByKey((left, right) => left + right)
            .UpdateStateByKey<string, long, long>((counts, state) => state.GetOrElse(0) + counts.Sum())
            .ForeachRDD(table => AddTable(results, table));
        await RunAsync(context);
        return results.Value;
    }

    // end

    // program: millrace w2 span
    // program: millrace cluster-w2 span
    private async Task<ulong> CountWordsBySpanAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        context.SourceStream("lines", new InputSource<string>(input))
            .FlatMap<(TextSlice Key, long Value)>((line, output) =>
            {
                foreach (var word in line.Slices(' ')) output.Add((word, 1));
            })
            .ReduceByKey((left, right) => left + right)
            .UpdateStateByKey<TextSlice, long, long>((counts, state) => state.GetOrElse(0) + counts.Sum())
            .ForeachRDD(table => AddTable(results, table));
        await RunAsync(context);
        return results.Value;
    }

    // end

    private static void AddTable<TKey>(ResultChecksum results, Rdd<(TKey Word, long Count)> table)
    {
        if (table.IsEmpty()) return;
        foreach (var (word, count) in table.Collect()) results.Add(ResultChecksum.Hash(Letters(word)), count);
        results.EndBatch();
    }

    private static ReadOnlySpan<char> Letters<TKey>(TKey word) => word switch
    {
        TextSlice slice => slice.AsSpan(),
        var other => other!.ToString(),
    };
}
