using Millrace.Data;

namespace Millrace.Connectors.Logs;

/// <summary>The one split of a source whose records come by themselves. Offsets count the records since it was opened.</summary>
/// <param name="log">Where the records wait.</param>
/// <param name="input">Where they come from; disposed of with the reader, without waiting. Null: none come any more.</param>
internal sealed class LogReader<T, TWeight>(RecordLog<T, TWeight> log, IRecordInput? input) : ISplitReader<T>
    where TWeight : struct, IRecordWeight<T>
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(10);

    /// <summary>Where the records come from.</summary>
    internal IRecordInput? Input => input;

    /// <summary>Weight of the records held.</summary>
    internal long Weight => log.Weight;

    /// <inheritdoc/>
    public bool IsFinished { get; private set; }

    /// <inheritdoc/>
    public long Poll(Epoch epoch, long nowMs)
    {
        var end = log.Poll(out var isClosed);
        IsFinished = isClosed;
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
    /// <remarks>An input that does not end for ten seconds is waited for no longer; what it brings then is not taken. Nor is a disk without room waited for longer: nobody was told that what it lacks is stored.</remarks>
    public async Task DrainAsync()
    {
        log.Widen();
        if (input is not null)
            await Task.WhenAny(input.DrainAsync(), Task.Delay(DrainMax)).ConfigureAwait(false);
        await Task.WhenAny(log.SealAsync(), Task.Delay(DrainMax)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Release(long offset) => log.Release(offset);

    /// <inheritdoc/>
    public void Dispose() => input?.Dispose();
}
