using Millrace.DStreams.Rdds;

namespace Millrace.DStreams;

/// <summary>The last batches of a stream, for queries from outside. Thread-safe.</summary>
internal sealed class BatchHistory<T>(TimeSpan duration, TimeSpan slide)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<Time, Rdd<T>> _batches = [];

    public void Add(Rdd<T> rdd, Time time)
    {
        lock (_lock)
        {
            _batches[time] = rdd;
            foreach (var old in _batches.Keys.TakeWhile(old => old.Milliseconds <= time.Milliseconds - duration.TotalMilliseconds).ToArray())
                _batches.Remove(old);
        }
    }

    public Rdd<T>? At(Time time)
    {
        lock (_lock)
            return _batches.GetValueOrDefault(time);
    }

    public IReadOnlyList<Rdd<T>> Slice(Time from, Time to)
    {
        lock (_lock)
            return [.. _batches.Where(batch => batch.Key > from - slide && batch.Key <= to).Select(batch => batch.Value)];
    }
}
