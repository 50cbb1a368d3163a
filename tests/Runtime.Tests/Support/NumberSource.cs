using Millrace.Connectors;
using Millrace.Data;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Splits that count from 0 on, so many records an epoch, and say which split it was.</summary>
internal sealed class NumberSource(int splits, int epochs, int recordsPerEpoch) : ISource<(int Split, int Number)>
{
    private const int BatchSize = 70;

    public string Description => "numbers";

    public bool IsReplayable => true;

    public int? Splits => splits;

    public int RecordsPerSplit => epochs * recordsPerEpoch;

    public IEnumerable<(int Split, int Number)> Rows =>
        Enumerable.Range(0, splits).SelectMany(split => Enumerable.Range(0, RecordsPerSplit).Select(number => (split, number)));

    public ISplitReader<(int Split, int Number)> Open(SplitContext context) => new Reader(this, context.Split.Number, recordsPerEpoch);

    private sealed class Reader(NumberSource source, int split, int recordsPerEpoch) : ISplitReader<(int Split, int Number)>
    {
        private long _polled;

        public bool IsFinished => _polled == source.RecordsPerSplit;

        public long Poll(Epoch epoch, long nowMs) => _polled = Math.Max(_polled, Math.Min(source.RecordsPerSplit, epoch.Number * recordsPerEpoch));

        public Batch<(int Split, int Number)>? Read(long from, long to, out long next)
        {
            next = Math.Min(to, from + BatchSize);
            var batch = Batch<(int Split, int Number)>.Rent(BatchSize);
            for (var number = from; number < next; number++)
                batch.Add((split, (int)number));
            return batch;
        }

        public void Release(long offset)
        {
        }

        public void Dispose()
        {
        }
    }
}
