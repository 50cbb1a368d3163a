using Millrace.Connectors;
using Millrace.Data;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Takes epochs and never says that it has them.</summary>
internal sealed class MuteSink<T> : ISink<T>
{
    private readonly TaskCompletionSource _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Description => "mute";

    public SinkCapability Capability => SinkCapability.Transactional;

    /// <summary>Ends when an epoch is committed to it.</summary>
    public Task Committed => _committed.Task;

    public ISinkWriter<T> Open(SinkContext context) => new Writer(this);

    private sealed class Writer(MuteSink<T> sink) : StagedSinkWriter<T>
    {
        public override long? ReadWatermark() => 0;

        protected override void Apply(SinkCommit commit, IReadOnlyList<Batch<T>> rows) => sink._committed.TrySetResult();
    }
}
