using Millrace.Client;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>Rows that pass through and leave behind which executor computed each partition last, and how often each was computed.</summary>
internal sealed class Watched<T> : IDisposable
{
    // Why: so each of the two executors gets half of what is to be computed.
    private readonly Barrier _bothAtOnce = new(2);

    public Watched(Rdd<T> rdd)
    {
        Computed = new int[rdd.NumPartitions];
        Holders = new Executor?[rdd.NumPartitions];
        Rows = rdd.MapPartitionsWithIndex((partition, rows) =>
        {
            Assert.True(_bothAtOnce.SignalAndWait(BatchRun.Patience), "Both executors are expected to be at work at once.");
            Computed[partition]++;
            Holders[partition] = DatasetTask.Current?.Executor;
            return rows;
        });
    }

    public Rdd<T> Rows { get; }

    public int[] Computed { get; }

    public Executor?[] Holders { get; }

    /// <summary>The partitions that the same executor computed as this one.</summary>
    public int[] HeldWith(int partition) => [.. Enumerable.Range(0, Holders.Length).Where(other => Holders[other] == Holders[partition])];

    public void Dispose() => _bothAtOnce.Dispose();
}
