using System.Collections.Concurrent;
using Millrace.Data;

namespace Millrace.Connectors.Memory;

/// <summary>Which arrays went to which epoch, shared by the readers of all splits. Thread-safe.</summary>
internal sealed class QueueLog<T>(ConcurrentQueue<T[]> queue, bool oneAtATime, bool endsWhenEmpty)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<T[]> _kept = [];
    private long _first;
    private long _polledEpoch;
    private readonly HashSet<int> _asked = [];
    private long[] _released = [];
    private bool _foundNothing;
    private bool _finished;

    public bool IsFinished
    {
        get
        {
            lock (_lock)
                return _finished;
        }
    }

    /// <summary>The number of arrays taken so far, after taking what is due to <paramref name="epoch"/>.</summary>
    /// <remarks>
    /// A split that asks again for the same epoch begins a new round: nothing was planned of the last one. A round takes arrays where
    /// the last one found none, or where an epoch takes all there are. No epoch would come of an empty array where empty ones are not shown,
    /// so that it is passed over there: nothing behind it would ever be asked for.
    /// </remarks>
    public long Poll(long epoch, int split, bool showsEmpty)
    {
        lock (_lock)
        {
            var isNewEpoch = epoch > _polledEpoch;
            if (isNewEpoch || _asked.Contains(split))
                _asked.Clear();
            if (_asked.Count == 0 && (isNewEpoch || _foundNothing || !oneAtATime))
            {
                _polledEpoch = epoch;
                var empty = true;
                while (queue.TryDequeue(out var rows))
                {
                    if (rows is { Length: 0 } && !showsEmpty)
                        continue;
                    empty = false;
                    _kept.AddLast(rows ?? throw new SourceFailedException("queue: an array expected, null found; enqueue an empty array for an empty batch."));
                    if (oneAtATime)
                        break;
                }

                _foundNothing = empty;
                _finished |= endsWhenEmpty && empty;
            }

            _asked.Add(split);
            return _first + _kept.Count;
        }
    }

    /// <summary>The first array that a reader opened anew may read: the one behind what the readers of the split before it have released.</summary>
    public long FirstOf(int split, int splits)
    {
        lock (_lock)
            return _released.Length == splits ? _released[split] : _first;
    }

    /// <summary>The arrays from number <paramref name="from"/> on.</summary>
    public T[][] From(long from)
    {
        lock (_lock)
            return [.. _kept.Skip((int)(from - _first))];
    }

    /// <summary>The split needs no array before number <paramref name="count"/> any more.</summary>
    public void Release(int split, int splits, long count)
    {
        lock (_lock)
        {
            if (_released.Length != splits)
                _released = new long[splits];
            _released[split] = Math.Max(_released[split], count);
            for (var needed = _released.Min(); _first < needed; _first++)
                _kept.RemoveFirst();
        }
    }
}
