using Millrace.Data;

namespace Millrace.Connectors.Logs;

/// <summary>The one split of a source whose records come by themselves. Offsets count the records since it was opened.</summary>
/// <param name="log">Where the records wait.</param>
/// <param name="input">Where they come from; disposed of with the reader, without waiting. Null: none come any more.</param>
internal sealed class LogReader<T, TWeight>(RecordLog<T, TWeight> log, IRecordInput? input) : ISplitReader<T>
    where TWeight : struct, IRecordWeight<T>
{
    private static readonly TimeSpan StoreMax = TimeSpan.FromMilliseconds(100);

    /// <summary>Where the records come from.</summary>
    internal IRecordInput? Input => input;

    /// <summary>Weight of the records held.</summary>
    internal long Weight => log.Weight;

    /// <inheritdoc/>
    public bool IsFinished { get; private set; }

    /// <inheritdoc/>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public long Poll(Epoch epoch, long nowMs)
    {
        var end = log.Poll(nowMs, out var isClosed);
        Failure = isClosed ? log.Error : null;
        IsFinished = isClosed && Failure is null;
        return end;
    }

    /// <inheritdoc/>
    public Batch<T>? Read(long from, long to, out long next)
    {
        var batch = log.Read(from, to);
        next = from + (batch?.Count ?? 0);
        return batch;
    }

    /// <inheritdoc/>
    /// <remarks>A disk without room is waited for as long as the input: nobody was told that what it lacks is stored.</remarks>
    public async Task DrainAsync(CancellationToken patience)
    {
        log.Widen();
        var isOver = Task.Delay(Timeout.InfiniteTimeSpan, patience);
        if (input is not null)
            await Task.WhenAny(input.DrainAsync(), isOver).ConfigureAwait(false);
        var stored = log.SealAsync();
        // Why a moment longer: what came in at the last is on its way to the disk.
        if (await Task.WhenAny(stored, isOver).ConfigureAwait(false) == isOver)
            await Task.WhenAny(stored, Task.Delay(StoreMax, CancellationToken.None)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Release(long offset) => log.Release(offset);

    /// <inheritdoc/>
    public void Dispose() => input?.Dispose();
}
