using Millrace.Bench.Macro.Workloads;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.Time;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class MillraceEngine
{
    /// <summary>A second of event time: a batch holds one second's lines, and the next one follows as fast as it can be worked off.</summary>
    private static readonly TimeSpan Second = 1.Milliseconds();

    // program: millrace w2s split
    private async Task<ulong> CountWindowBySplitAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        CountWindowBySplit(context, input)
            .ForeachRDD(table => AddTable(results, table));
        await RunAsync(context);
        return results.Value;
    }

    // end

    // program: millrace w3 split
    private async Task<ulong> FindTopBySplitAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        CountWindowBySplit(context, input)
            .ForeachRDD(table => AddTable(results, table.Top(TopWords.Count, new ByCount<string>())));
        await RunAsync(context);
        return results.Value;
    }

    // end

    // program: millrace w3 split-sort
    private async Task<ulong> FindTopBySortAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        CountWindowBySplit(context, input)
            .Transform(table => table.SortBy(entry => entry, ascending: false, comparer: new ByCount<string>()))
            .ForeachRDD(table => AddTable(results, table.Take(TopWords.Count)));
        await RunAsync(context);
        return results.Value;
    }

    // end

    // program: millrace w2s split
    // program: millrace w3 split
    // program: millrace w3 split-sort
    private static DStream<(string Key, long Value)> CountWindowBySplit(StreamingContext context, Input<string> input) =>
        context.SourceStream("lines", new InputSource<string>(input, batchSize: SlidingWordCount.LinesPerSlide))
            .FlatMap<(string Key, long Value)>((line, output) =>
            {
                foreach (var word in line.Split(' ')) output.Add((word, 1));
            })
            .ReduceByKeyAndWindow(
                (left, right) => left + right, (all, left) => all - left, SlidingWordCount.SlidesPerWindow * Second, Second, filter: (_, count) => count > 0);

    // end

    // program: millrace w2s span
    private async Task<ulong> CountWindowBySpanAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        CountWindowBySpan(context, input)
            .ForeachRDD(table => AddTable(results, table));
        await RunAsync(context);
        return results.Value;
    }

    // end

    // program: millrace w3 span
    private async Task<ulong> FindTopBySpanAsync(Input<string> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        CountWindowBySpan(context, input)
            .ForeachRDD(table => AddTable(results, table.Top(TopWords.Count, new ByCount<TextSlice>())));
        await RunAsync(context);
        return results.Value;
    }

    // end

    // program: millrace w2s span
    // program: millrace w3 span
    private static DStream<(TextSlice Key, long Value)> CountWindowBySpan(StreamingContext context, Input<string> input) =>
        context.SourceStream("lines", new InputSource<string>(input, batchSize: SlidingWordCount.LinesPerSlide))
            .FlatMap<(TextSlice Key, long Value)>((line, output) =>
            {
                foreach (var word in line.Slices(' ')) output.Add((word, 1));
            })
            .ReduceByKeyAndWindow(
                (left, right) => left + right, (all, left) => all - left, SlidingWordCount.SlidesPerWindow * Second, Second, filter: (_, count) => count > 0);

    // end

    private static void AddTable<TKey>(ResultChecksum results, IEnumerable<(TKey Word, long Count)> entries)
    {
        foreach (var (word, count) in entries) results.Add(ResultChecksum.Hash(Letters(word)), count);
        results.EndBatch();
    }

    /// <summary>By count, then by the word: the one that comes first is the higher.</summary>
    private sealed class ByCount<TKey> : IComparer<(TKey Word, long Count)>
    {
        public int Compare((TKey Word, long Count) x, (TKey Word, long Count) y) =>
            x.Count != y.Count ? x.Count.CompareTo(y.Count) : Letters(y.Word).SequenceCompareTo(Letters(x.Word));
    }
}
