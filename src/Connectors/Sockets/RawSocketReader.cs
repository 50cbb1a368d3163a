using Millrace.Connectors.Logs;
using Millrace.Data;

namespace Millrace.Connectors.Sockets;

/// <summary>The one split of a <see cref="RawSocketSource{T}"/>: rows without their weight.</summary>
internal sealed class RawSocketReader<T>(ISplitReader<WeighedRow<T>> rows) : ISplitReader<T>
{
    /// <inheritdoc/>
    public bool IsFinished => rows.IsFinished;

    /// <inheritdoc/>
    public string? Failure => rows.Failure;

    /// <summary>The log behind it; null where rows are written ahead.</summary>
    internal LogReader<WeighedRow<T>, WeighedRowWeight<T>>? Log => rows as LogReader<WeighedRow<T>, WeighedRowWeight<T>>;

    /// <inheritdoc/>
    public long Poll(Epoch epoch, long nowMs) => rows.Poll(epoch, nowMs);

    /// <inheritdoc/>
    public Batch<T>? Read(long from, long to, out long next)
    {
        if (rows.Read(from, to, out next) is not { } weighed)
            return null;
        var batch = Batch<T>.Rent(weighed.Count);
        var target = batch.Extend(weighed.Count);
        for (var row = 0; row < target.Length; row++)
            target[row] = weighed.Rows[row].Row;
        weighed.Release();
        return batch;
    }

    /// <inheritdoc/>
    public string? Describe(long from, long to) => rows.Describe(from, to);

    /// <inheritdoc/>
    public string? PositionAt(long offset) => rows.PositionAt(offset);

    /// <inheritdoc/>
    public void Resume(SplitProgress progress) => rows.Resume(progress);

    /// <inheritdoc/>
    public Task DrainAsync(CancellationToken patience) => rows.DrainAsync(patience);

    /// <inheritdoc/>
    public void Release(long offset) => rows.Release(offset);

    /// <inheritdoc/>
    public void Dispose() => rows.Dispose();
}
