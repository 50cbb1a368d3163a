using System.Collections.Concurrent;

namespace Millrace.Runtime.Tasks;

/// <summary>Records that did not go through, counted over all tasks of a job. Thread-safe.</summary>
/// <param name="onDropped">Hears of each record that a source leaves out, with the reason.</param>
/// <param name="onDeadLettered">Hears how many records became dead letters in an epoch of a task.</param>
internal sealed class RecordCounts(Action<string>? onDropped = null, Action<long>? onDeadLettered = null)
{
    private readonly ConcurrentDictionary<string, long> _dropped = new(StringComparer.Ordinal);
    private long _skipped;
    private long _deadLettered;
    private long _lost;

    /// <summary>Left out by the error policy, in committed epochs.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Kept as dead letters, in committed epochs.</summary>
    public long DeadLettered => Interlocked.Read(ref _deadLettered);

    /// <summary>Received by a process that is gone, from a source that can't be read again; in committed epochs.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Left out by sources, by reason.</summary>
    public IReadOnlyDictionary<string, long> Dropped => new Dictionary<string, long>(_dropped, StringComparer.Ordinal);

    public void AddSkipped(long count) => Interlocked.Add(ref _skipped, count);

    public void AddDeadLettered(long count)
    {
        if (count == 0)
            return;
        Interlocked.Add(ref _deadLettered, count);
        onDeadLettered?.Invoke(count);
    }

    public void AddLost(long count) => Interlocked.Add(ref _lost, count);

    public void AddDropped(string reason)
    {
        _dropped.AddOrUpdate(reason, 1, static (_, count) => count + 1);
        onDropped?.Invoke(reason);
    }
}
