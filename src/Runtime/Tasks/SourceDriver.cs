using Millrace.Data;
using Millrace.Time;

namespace Millrace.Runtime.Tasks;

/// <summary>A split reader, whatever its rows.</summary>
internal abstract class SourceDriver : IDisposable
{
    /// <summary>What a person calls the source.</summary>
    public abstract string Description { get; }

    public abstract bool IsFinished { get; }

    public abstract Watermark? Watermark { get; }

    public abstract bool IsIdle { get; }

    public abstract long Poll(Epoch epoch, long nowMs);

    /// <summary>The next batch of the range, or null when all records of the step were left out.</summary>
    public abstract Batch? Read(long from, long to, out long next);

    public abstract void Release(long offset);

    public abstract void Dispose();
}
