using System.Diagnostics;
using Millrace.Connectors;
using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Burns so much time on every record, counts them, and looks at the heap now and then.</summary>
internal sealed class SpinningSink(double nanosecondsPerRecord) : ISink<long>
{
    private long _records;
    private long _heapBytesMax;

    public string Description => "spin";

    public SinkCapability Capability => SinkCapability.AtLeastOnce;

    public long Records => Interlocked.Read(ref _records);

    public long HeapBytesMax => Interlocked.Read(ref _heapBytesMax);

    public ISinkWriter<long> Open(SinkContext context) => new Writer(this, nanosecondsPerRecord);

    private sealed class Writer(SpinningSink sink, double nanosecondsPerRecord) : ISinkWriter<long>
    {
        private long _watermark;

        public long? ReadWatermark() => _watermark;

        public void Begin(EpochInfo epoch)
        {
        }

        public void Write(Batch<long> batch)
        {
            var end = Stopwatch.GetTimestamp() + (long)(batch.Count * nanosecondsPerRecord * Stopwatch.Frequency / 1e9);
            while (Stopwatch.GetTimestamp() < end)
            {
            }

            Interlocked.Add(ref sink._records, batch.Count);
            batch.Release();
            var heap = GC.GetTotalMemory(forceFullCollection: false);
            for (var max = sink.HeapBytesMax; heap > max; max = sink.HeapBytesMax)
                Interlocked.CompareExchange(ref sink._heapBytesMax, heap, max);
        }

        public void Prepare(Epoch epoch)
        {
        }

        public void Commit(SinkCommit commit)
        {
            _watermark = commit.Epoch.Epoch.Number;
            commit.Complete(SinkOutcome.Applied, _watermark);
        }

        public void Abort(Epoch committed)
        {
        }

        public void Dispose()
        {
        }
    }
}
