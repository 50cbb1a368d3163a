using System.Runtime.InteropServices;
using Millrace.Connectors.Lines;
using Millrace.Connectors.Logs;
using Millrace.Time;

namespace Millrace.Connectors.Sockets;

/// <summary>Turns what a connection brings into records of the log, no faster than the rate allows.</summary>
internal sealed class SocketInput<T, TWeight>(
    IRecordSplitter<T> splitter, RecordLog<T, TWeight> log, RateLimiter limiter, TimeSpan? idleTimeout, TimeProvider clock)
    : SocketInput(idleTimeout, clock)
    where TWeight : struct, IRecordWeight<T>
{
    private readonly TimeProvider _clock = clock;
    private readonly List<T> _records = [];
    private Task _delivery = Task.CompletedTask;

    /// <inheritdoc/>
    public override Task Room => Task.WhenAll(_delivery, log.Append([]));

    /// <inheritdoc/>
    public override Task Delivered => _delivery;

    /// <inheritdoc/>
    protected override string? Split(ReadOnlySpan<byte> bytes) => splitter.Push(bytes, _records);

    /// <inheritdoc/>
    protected override void EndSplit() => splitter.End(_records);

    /// <inheritdoc/>
    protected override Task Deliver()
    {
        if (_delivery.IsCompleted && double.IsPositiveInfinity(limiter.Rate))
        {
            var room = log.Append(CollectionsMarshal.AsSpan(_records));
            _records.Clear();
            return room;
        }

        T[] records = [.. _records];
        _records.Clear();
        return _delivery = DeliverAsync(_delivery, records);
    }

    /// <summary>Why in lots: a chunk of many short records must not be there all at once.</summary>
    private async Task DeliverAsync(Task before, T[] records)
    {
        await before.ConfigureAwait(false);
        for (var first = 0; first < records.Length;)
        {
            var count = Math.Min(records.Length - first, limiter.Lot);
            await Task.Delay(limiter.Reserve(count), _clock, Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await log.Append(records.AsSpan(first, count)).WaitAsync(Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            first += count;
        }
    }
}
