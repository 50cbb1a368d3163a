using Millrace.Connectors;
using Millrace.Data;
using Millrace.Runtime.Protocol;
using Millrace.Time;

namespace Millrace.Runtime.Tasks;

/// <inheritdoc/>
/// <param name="description">What a person calls the source.</param>
/// <param name="reader">The reader.</param>
/// <param name="isReplayable">Whether the reader's offsets are the task's; those of a volatile source begin at 0 with each reader.</param>
/// <param name="first">Where the reader begins, in offsets of the task.</param>
internal sealed class SourceDriver<T>(string description, ISplitReader<T> reader, bool isReplayable, long first) : SourceDriver
{
    private readonly long _base = isReplayable ? 0 : first;

    /// <inheritdoc/>
    public override string Description => description;

    /// <inheritdoc/>
    public override bool IsFinished => reader.IsFinished;

    /// <inheritdoc/>
    public override string? Failure => reader.Failure;

    /// <inheritdoc/>
    public override Watermark? Watermark => reader.Watermark;

    /// <inheritdoc/>
    public override bool IsIdle => reader.IsIdle;

    /// <inheritdoc/>
    public override bool IsVolatile => !isReplayable;

    /// <inheritdoc/>
    public override long LostIn(OffsetRange range) => Math.Max(0, Math.Min(range.End, _base) - range.Start);

    /// <inheritdoc/>
    public override long Poll(Epoch epoch, long nowMs) => _base + reader.Poll(epoch, nowMs);

    /// <inheritdoc/>
    public override Batch? Read(long from, long to, out long next)
    {
        // What another process received before this reader was opened exists no more.
        if (from < _base)
        {
            next = Math.Min(to, _base);
            return null;
        }

        var batch = reader.Read(from - _base, to - _base, out next);
        next += _base;
        return batch;
    }

    /// <inheritdoc/>
    public override string? Describe(long from, long to) => isReplayable ? reader.Describe(from, to) : null;

    /// <inheritdoc/>
    public override string? PositionAt(long offset) => isReplayable ? reader.PositionAt(offset) : null;

    /// <inheritdoc/>
    public override void Resume(SplitProgress progress)
    {
        if (isReplayable)
            reader.Resume(progress);
    }

    /// <inheritdoc/>
    public override Task DrainAsync(CancellationToken patience) => reader.DrainAsync(patience);

    /// <inheritdoc/>
    public override void Release(long offset)
    {
        if (offset > _base)
            reader.Release(offset - _base);
    }

    /// <inheritdoc/>
    public override void Dispose() => reader.Dispose();
}
