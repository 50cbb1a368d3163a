using Millrace.Connectors;
using Millrace.Data;
using Millrace.Runtime.Protocol;
using Millrace.Time;

namespace Millrace.Runtime.Tasks;

/// <summary>A split reader, whatever its rows.</summary>
internal abstract class SourceDriver : IDisposable
{
    /// <summary>What a person calls the source.</summary>
    public abstract string Description { get; }

    public abstract bool IsFinished { get; }

    /// <inheritdoc cref="ISplitReader{T}.Failure"/>
    public abstract string? Failure { get; }

    public abstract Watermark? Watermark { get; }

    public abstract bool IsIdle { get; }

    /// <summary>Whether its records exist in this process alone.</summary>
    public abstract bool IsVolatile { get; }

    /// <summary>How many records of a range this process has never had, so that nobody can read them any more.</summary>
    public abstract long LostIn(OffsetRange range);

    public abstract long Poll(Epoch epoch, long nowMs);

    /// <summary>The next batch of the range, or null when all records of the step were left out.</summary>
    public abstract Batch? Read(long from, long to, out long next);

    public abstract string? Describe(long from, long to);

    public abstract string? PositionAt(long offset);

    public abstract void Resume(SplitProgress progress);

    public abstract Task DrainAsync(CancellationToken patience);

    public abstract void Release(long offset);

    public abstract void Dispose();
}
