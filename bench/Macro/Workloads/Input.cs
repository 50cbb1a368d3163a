namespace Millrace.Bench.Macro.Workloads;

/// <summary>
/// The records of one run: a pool in memory, larger than the processor caches, passed over in order as often as
/// <paramref name="batchCount"/> asks. All engines see the same records in the same order.
/// </summary>
/// <param name="pool">The distinct records.</param>
/// <param name="sizeBytes">Memory held by the pool and what it refers to.</param>
/// <param name="batchCount">Batches of the run.</param>
/// <param name="wholeBatches">The count of batches is a multiple of this: a run holds whole windows.</param>
internal sealed class Input<T>(T[] pool, long sizeBytes, long batchCount, int wholeBatches = 1)
{
    /// <summary>Records between two results of W2, and the unit in which a run is sized.</summary>
    public const int BatchSize = 100_000;

    /// <value>The distinct records; its length is a multiple of <see cref="BatchSize"/>.</value>
    public T[] Pool => pool;

    /// <value>Memory held by the pool and what it refers to.</value>
    public long SizeBytes => sizeBytes;

    public long BatchCount => batchCount;

    public long Count => batchCount * BatchSize;

    /// <summary>The same records for a run of so many batches, rounded up to whole windows.</summary>
    public Input<T> WithBatchCount(long count) =>
        new(pool, sizeBytes, (count + wholeBatches - 1) / wholeBatches * wholeBatches, wholeBatches);

    /// <param name="index">Which batch of the run, from 0.</param>
    /// <param name="size">Records of a batch; divides <see cref="BatchSize"/>.</param>
    public ArraySegment<T> Batch(long index, int size = BatchSize) => new(pool, (int)(index % (pool.Length / size)) * size, size);

    public IEnumerable<T> Records()
    {
        for (long batch = 0; batch < batchCount; batch++)
        {
            var start = Batch(batch).Offset;
            for (var i = start; i < start + BatchSize; i++) yield return pool[i];
        }
    }
}
