using System.Collections.Concurrent;
using Millrace.Connectors.Receivers;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Receivers;

/// <summary>A source with a receiver that runs, and what it warned of.</summary>
internal sealed class ReceiverHarness : IDisposable
{
    public static ReceiverOptions Fast { get; } = new()
    {
        BlockInterval = TimeSpan.FromMilliseconds(1),
        RestartDelay = TimeSpan.FromMilliseconds(1),
        RestartDelayMax = TimeSpan.FromMilliseconds(10),
    };

    public ReceiverHarness(TestReceiver receiver, ReceiverOptions? options = null, TimeProvider? clock = null, SplitContext? context = null)
    {
        Source = new(() => receiver, options ?? Fast, "test", clock);
        Reader = Source.Open((context ?? new SplitContext(new PartitionId(0), 1, _ => { })) with { Warn = Warnings.Enqueue });
    }

    public ReceiverSource<int> Source { get; }

    public ISplitReader<int> Reader { get; }

    public ConcurrentQueue<string> Warnings { get; } = new();

    public long Received => Reader.Poll(new Epoch(1), 0);

    public Task ReceivedAtLeast(long records) => Waiting.For(() => Received >= records, $"{records} records");

    public List<int> Read(long from, long to)
    {
        var rows = new List<int>();
        while (from < to)
        {
            var batch = Reader.Read(from, to, out from)!;
            rows.AddRange(batch.Rows);
            batch.Release();
        }

        return rows;
    }

    public void Dispose() => Reader.Dispose();
}
