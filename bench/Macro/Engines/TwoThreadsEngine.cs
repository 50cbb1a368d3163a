using System.Runtime.InteropServices;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

/// <summary>The hand-written loops with two threads, each over half of the input: tells what the second core gives on this machine.</summary>
internal sealed class TwoThreadsEngine : IEngine
{
    public string Name => "handwritten-2t";

    public IReadOnlyList<EngineProgram> Programs { get; } =
    [
        new EngineProgram<string>(Grep.Workload, "contains", ResultKind.Final, CountMatches),
        new EngineProgram<string>(WordCount.Workload, "span", ResultKind.TablePerBatch, CountWordsBySpan),
        new EngineProgram<string>(WordCount.Workload, "split", ResultKind.TablePerBatch, CountWordsBySplit),
        new EngineProgram<AdEvent>(CampaignCount.Workload, "array", ResultKind.WindowPerSlide, CountViews),
        new EngineProgram<KeyValue>(KeyedSum.Workload, "open-addressing", ResultKind.Final, Sum),
    ];

    public Task StartAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // program: handwritten-2t w1 contains
    private static ulong CountMatches(Input<string> input)
    {
        var matches = new ulong[2];
        Parallel.For(0, 2, thread =>
        {
            var count = 0UL;
            for (long batch = thread; batch < input.BatchCount; batch += 2)
            {
                count += HandwrittenEngine.CountMatches(input.Batch(batch));
            }

            matches[thread] = count;
        });
        return matches[0] + matches[1];
    }

    // end

    // program: handwritten-2t w2 span
    private static ulong CountWordsBySpan(Input<string> input) => CountWords(input, static (lines, counts) =>
    {
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var line in lines) SpanSplitter.CountWords(line, lookup);
    });

    // end

    // program: handwritten-2t w2 split
    private static ulong CountWordsBySplit(Input<string> input) => CountWords(input, static (lines, counts) =>
    {
        foreach (var line in lines)
        {
            foreach (var word in line.Split(' ')) CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
        }
    });

    // end

    private static ulong CountWords(Input<string> input, Action<ArraySegment<string>, Dictionary<string, long>> countHalf)
    {
        var results = new ResultChecksum();
        Dictionary<string, long>[] counts = [[], []];
        for (long batch = 0; batch < input.BatchCount; batch++)
        {
            var lines = input.Batch(batch);
            var half = lines.Count / 2;
            Parallel.For(0, 2, thread => countHalf(lines.Slice(thread * half, half), counts[thread]));
            foreach (var (word, count) in counts[1]) CollectionsMarshal.GetValueRefOrAddDefault(counts[0], word, out _) += count;
            counts[1].Clear();
            results.AddTable(counts[0]);
        }

        return results.Value;
    }

    // program: handwritten-2t w4 array
    private static ulong CountViews(Input<AdEvent> input)
    {
        const int Half = CampaignCount.WindowBatches / 2;
        var results = new ResultChecksum();
        long[][] counts = [new long[CampaignCount.Campaigns], new long[CampaignCount.Campaigns]];
        for (long window = 0; window < CampaignCount.WindowCount(input); window++)
        {
            Parallel.For(0, 2, thread =>
            {
                var first = (window * CampaignCount.WindowBatches) + (thread * Half);
                for (var batch = first; batch < first + Half; batch++) HandwrittenEngine.CountViews(input.Batch(batch), counts[thread]);
            });
            for (var campaign = 0; campaign < CampaignCount.Campaigns; campaign++) counts[0][campaign] += counts[1][campaign];
            results.AddTable(counts[0]);
            Array.Clear(counts[0]);
            Array.Clear(counts[1]);
        }

        return results.Value;
    }

    // end

    // program: handwritten-2t w5 open-addressing
    private static ulong Sum(Input<KeyValue> input)
    {
        SumTable[] sums = [new(KeyedSum.DistinctKeys), new(KeyedSum.DistinctKeys)];
        Parallel.For(0, 2, thread =>
        {
            for (long batch = thread; batch < input.BatchCount; batch += 2) sums[thread].Add(input.Batch(batch));
        });
        sums[0].Merge(sums[1]);
        return sums[0].Checksum();
    }

    // end
}
