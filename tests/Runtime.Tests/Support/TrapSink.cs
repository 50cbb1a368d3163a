using Millrace.Connectors;
using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tests.Support;

/// <summary>A sink with a trap in one of its methods: whoever calls it runs into the action.</summary>
internal sealed class TrapSink<T>(string method, Action trap) : ISink<T>
{
    public string Description => "trap";

    public SinkCapability Capability => SinkCapability.Transactional;

    public ISinkWriter<T> Open(SinkContext context)
    {
        Trap(nameof(Open));
        return new Writer(this);
    }

    private void Trap(string called)
    {
        if (called == method)
            trap();
    }

    private sealed class Writer(TrapSink<T> sink) : ISinkWriter<T>
    {
        private long _watermark;

        public long? ReadWatermark()
        {
            sink.Trap(nameof(ReadWatermark));
            return _watermark;
        }

        public void Begin(EpochInfo epoch) => sink.Trap(nameof(Begin));

        public void Write(Batch<T> batch)
        {
            sink.Trap(nameof(Write));
            batch.Release();
        }

        public void Prepare(Epoch epoch) => sink.Trap(nameof(Prepare));

        public void Commit(SinkCommit commit)
        {
            sink.Trap(nameof(Commit));
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
