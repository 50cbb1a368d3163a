using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>Timers: at most one per key and time, fired in order of time.</summary>
/// <remarks>
/// Timers are state: registering, deleting and firing roll back with the epoch or the record that did it, and come back by restore,
/// in the key group of their key. Null keys are keys; every time is valid.
/// <para>Who fires the timers decides what their times mean. Event time: <c>OnWatermark</c> fires until the watermark. Processing time:
/// <c>OnEpoch</c> fires until the context's now; in planned epochs that is the <c>NowMs</c> of the epoch's plan, so a run again fires
/// the same timers. An operator that needs both keeps two tables.</para>
/// </remarks>
public sealed class TimerTable<TKey> : StateTable<MapDeltaRow<TKey, long, byte>>
{
    private const int FewStale = 64;

    private readonly ValueTable<(TKey Key, long TimeMs), byte> _timers;

    /// <summary>At least one element for each timer; those without a timer are dropped when they come first.</summary>
    private readonly PriorityQueue<TKey, long> _order = new();

    /// <summary>Whether timers may be missing in the order, which is then made anew before it is used.</summary>
    private bool _isOrderStale;

    /// <summary>An empty table.</summary>
    /// <exception cref="GraphException"><typeparamref name="TKey"/> can't be a key.</exception>
    public TimerTable(string name)
        : base(name, isTransient: false) => _timers = ValueTable.Create<(TKey Key, long TimeMs), byte>(name);

    /// <value>The number of timers.</value>
    public override int Count => _timers.Count;

    /// <value>The time of the next timer; null when there is none.</value>
    public long? Earliest => TryPeek(out _, out var timeMs) ? timeMs : null;

    internal override int UndoEntryCount => _timers.UndoEntryCount;

    /// <summary>Registers a timer; false when it is there already.</summary>
    public bool Register(TKey key, long timeMs)
    {
        if (_timers.TryGet((key, timeMs), out _))
        {
            return false;
        }

        key = KeyType<TKey>.Default.Own(key);
        _timers.Put((key, timeMs), 0);
        if (!_isOrderStale)
        {
            _order.Enqueue(key, timeMs);
            _isOrderStale = _order.Count > (2L * _timers.Count) + FewStale;
        }

        return true;
    }

    /// <summary>Deletes a timer; false when it is not there.</summary>
    public bool Delete(TKey key, long timeMs) => _timers.Remove((key, timeMs));

    /// <summary>Fires every timer at or before a time, in order of time; the order of timers of the same time is not promised.</summary>
    /// <param name="timeMs">The watermark or the processing time.</param>
    /// <param name="onTimer">
    /// Called with each timer's key and time, after the timer was removed. It may register and delete timers; those that it registers
    /// at or before <paramref name="timeMs"/> fire in the same call, so it must not register such timers for ever.
    /// When it throws, its timer is removed and the later ones are still there.
    /// </param>
    /// <returns>The number of timers fired.</returns>
    public int FireUntil(long timeMs, Action<TKey, long> onTimer)
    {
        ArgumentNullException.ThrowIfNull(onTimer);
        var count = 0;
        while (TryPeek(out var key, out var next) && next <= timeMs)
        {
            _timers.Remove((key, next));
            _order.Dequeue();
            count++;
            onTimer(key, next);
        }

        return count;
    }

    public override void Clear()
    {
        _timers.Clear();
        _isOrderStale = true;
    }

    internal override void BeginEpoch(long epoch) => _timers.BeginEpoch(epoch);

    internal override long Mark() => _timers.Mark();

    internal override void UndoTo(long mark)
    {
        var before = UndoEntryCount;
        _timers.UndoTo(mark);
        _isOrderStale |= UndoEntryCount != before;
    }

    internal override void Release(long mark) => _timers.Release(mark);

    internal override void RollBackTo(long epoch)
    {
        var before = UndoEntryCount;
        _timers.RollBackTo(epoch);
        _isOrderStale |= UndoEntryCount != before;
    }

    internal override void Commit(long epoch) => _timers.Commit(epoch);

    internal override StateDelta ReadDelta(long epoch, ref CodecReader reader, CodecCatalog codecs) =>
        MapDelta<TKey, long, byte>.Read(Name, epoch, ref reader, codecs);

    internal override void Apply(StateDelta delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        _isOrderStale = true;
        foreach (var row in ((MapDelta<TKey, long, byte>)delta).Rows)
        {
            var timer = (row.Key, row.Field);
            _timers.Restore(timer, KeyType<(TKey, long)>.Default.Hash(timer), row.Exists, row.Item);
        }
    }

    /// <summary>The next timer, which is then the first of the order.</summary>
    private bool TryPeek(out TKey key, out long timeMs)
    {
        if (_isOrderStale)
        {
            Reorder();
        }

        while (_order.TryPeek(out key!, out timeMs))
        {
            if (_timers.TryGet((key, timeMs), out _))
            {
                return true;
            }

            _order.Dequeue();
        }

        return false;
    }

    private void Reorder()
    {
        _order.Clear();
        var timers = new (TKey Key, long TimeMs)[_timers.Count];
        var count = 0;
        var walk = _timers.GetEnumerator();
        while (walk.MoveNext())
        {
            timers[count++] = walk.Current.Key;
        }

        _order.EnqueueRange(timers);
        _isOrderStale = false;
    }

    // Rows are those of a map from times, so that a timer's hash, and with it its key group, is that of its key alone.
    private protected override void GiveDelta(long epoch, IRowSink<MapDeltaRow<TKey, long, byte>> rows) =>
        _timers.VisitChanges(epoch, new MapDeltaRows<TKey, long, byte>(rows));

    private protected override void GiveImage(long epoch, IRowSink<MapDeltaRow<TKey, long, byte>> rows) =>
        _timers.VisitImage(epoch, new MapDeltaRows<TKey, long, byte>(rows));

    private protected override StateDelta DeltaOf(long epoch, MapDeltaRow<TKey, long, byte>[] rows) => new MapDelta<TKey, long, byte>(Name, epoch, rows);

    private protected override DeltaRowCodec<MapDeltaRow<TKey, long, byte>> RowCodec(CodecCatalog codecs) => new MapRowCodec<TKey, long, byte>(codecs);
}
