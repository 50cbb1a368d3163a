using Millrace.Connectors;
using Millrace.Data;

namespace Millrace.Runtime.Tests.Support;

/// <summary>So many records in two splits, made from their offsets: it holds nothing.</summary>
internal sealed class CountingSource(long recordsPerSplit) : ISource<long>
{
    public string Description => "counting";

    public bool IsReplayable => true;

    public int? Splits => 2;

    public ISplitReader<long> Open(SplitContext context) => new Reader(recordsPerSplit);

    private sealed class Reader(long records) : ISplitReader<long>
    {
        private static readonly long[] Rows = [.. Enumerable.Range(0, Batch<long>.FullSize).Select(row => (long)row)];

        public bool IsFinished => true;

        public long Poll(Epoch epoch, long nowMs) => records;

        public Batch<long>? Read(long from, long to, out long next)
        {
            var count = (int)Math.Min(to - from, Rows.Length);
            next = from + count;
            return Batch<long>.View(Rows, 0, count);
        }

        public void Release(long offset)
        {
        }

        public void Dispose()
        {
        }
    }
}
