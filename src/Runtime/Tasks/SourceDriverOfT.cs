using Millrace.Connectors;
using Millrace.Data;
using Millrace.Time;

namespace Millrace.Runtime.Tasks;

/// <inheritdoc/>
internal sealed class SourceDriver<T>(string description, ISplitReader<T> reader) : SourceDriver
{
    /// <inheritdoc/>
    public override string Description => description;

    /// <inheritdoc/>
    public override bool IsFinished => reader.IsFinished;

    /// <inheritdoc/>
    public override Watermark? Watermark => reader.Watermark;

    /// <inheritdoc/>
    public override bool IsIdle => reader.IsIdle;

    /// <inheritdoc/>
    public override long Poll(Epoch epoch, long nowMs) => reader.Poll(epoch, nowMs);

    /// <inheritdoc/>
    public override Batch? Read(long from, long to, out long next) => reader.Read(from, to, out next);

    /// <inheritdoc/>
    public override void Release(long offset) => reader.Release(offset);

    /// <inheritdoc/>
    public override void Dispose() => reader.Dispose();
}
