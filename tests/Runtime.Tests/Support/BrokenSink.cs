using Millrace.Connectors;
using Millrace.Data;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Throws when it is opened, or when it writes.</summary>
internal sealed class BrokenSink<T>(bool opens) : ISink<T>
{
    public string Description => "broken";

    public SinkCapability Capability => SinkCapability.Idempotent;

    public ISinkWriter<T> Open(SinkContext context) => opens ? new Writer() : throw new IOException("no such\ndevice");

    private sealed class Writer : StagedSinkWriter<T>
    {
        public override long? ReadWatermark() => 0;

        protected override void Apply(SinkCommit commit, IReadOnlyList<Batch<T>> rows) => throw new IOException("disk\nfull");
    }
}
