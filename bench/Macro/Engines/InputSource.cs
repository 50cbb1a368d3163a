using Millrace.Bench.Macro.Workloads;
using Millrace.Connectors;
using Millrace.Data;

namespace Millrace.Bench.Macro.Engines;

/// <summary>The input as a source: each epoch reads the next batches, each split its even share of them, in place.</summary>
/// <param name="input">The input.</param>
/// <param name="batchesPerEpoch">Batches that an epoch reads.</param>
/// <param name="batchSize">Records of a batch; divides the input's own.</param>
internal sealed class InputSource<T>(Input<T> input, int batchesPerEpoch = 1, int batchSize = Input<T>.BatchSize) : ISource<T>
{
    public string Description => "input";

    public bool IsReplayable => true;

    public int? Splits => null;

    public ISplitReader<T> Open(SplitContext context) => new Reader(input, batchesPerEpoch, batchSize, context.Split.Number, context.Splits);

    private sealed class Reader(Input<T> input, int batchesPerEpoch, int batchSize, int split, int splits) : ISplitReader<T>
    {
        private readonly int _start = (int)((long)batchSize * split / splits);
        private readonly int _share = (int)(((long)batchSize * (split + 1) / splits) - ((long)batchSize * split / splits));
        private readonly long _batchCount = input.Count / batchSize;
        private long _polled;

        public bool IsFinished => _polled >= _batchCount;

        public long Poll(Epoch epoch, long nowMs)
        {
            _polled = Math.Min(_batchCount, Math.Max(_polled, epoch.Number * batchesPerEpoch));
            return _polled * _share;
        }

        public Batch<T>? Read(long from, long to, out long next)
        {
            var (batch, skipped) = Math.DivRem(from, _share);
            var rows = input.Batch(batch, batchSize);
            var count = (int)Math.Min(Math.Min(_share - skipped, to - from), Batch<T>.FullSize);
            next = from + count;
            return Batch<T>.View(rows.Array!, rows.Offset + _start + (int)skipped, count);
        }

        public void Release(long offset)
        {
        }

        public void Dispose()
        {
        }
    }
}
