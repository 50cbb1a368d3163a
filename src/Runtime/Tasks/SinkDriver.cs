using Millrace.Connectors;
using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Exchange;

namespace Millrace.Runtime.Tasks;

/// <summary>The end of a chain that writes to a sink.</summary>
internal sealed class SinkDriver<T>(ISinkWriter<T> writer) : ChainEnd<T>, ISinkDriver
{
    /// <inheritdoc/>
    public long ReadWatermark() => writer.ReadWatermark();

    /// <inheritdoc/>
    public void Begin(EpochInfo epoch) => writer.Begin(epoch);

    /// <inheritdoc/>
    public void Prepare(Epoch epoch) => writer.Prepare(epoch);

    /// <inheritdoc/>
    public void Commit(SinkCommit commit) => writer.Commit(commit);

    /// <inheritdoc/>
    public void Abort(Epoch committed) => writer.Abort(committed);

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

    /// <inheritdoc/>
    protected override void Take(Batch<T> batch) => writer.Write(batch);
}
