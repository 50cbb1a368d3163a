using Millrace.Serialization;

namespace Millrace.State;

internal sealed partial class HashedValueTable<TKey, TValue, THash>
{
    private readonly UndoLog<UndoRecord<TKey, TValue>> _log = new(isTransient);

    internal override int UndoEntryCount => _log.Count;

    internal override void BeginEpoch(long epoch)
    {
        _log.BeginEpoch(epoch);
        if (IsTransient)
        {
            Clear();
        }
    }

    internal override long Mark() => _log.Mark();

    internal override void UndoTo(long mark) => _log.UndoTo(mark, Undo);

    internal override void Release(long mark) => _log.Release();

    internal override void RollBackTo(long epoch)
    {
        if (IsTransient)
        {
            BeginEpoch(epoch);
            return;
        }

        _log.RollBackTo(epoch, Undo);
    }

    internal override void Commit(long epoch)
    {
        if (!IsTransient)
        {
            _log.Commit(epoch);
        }
    }

    internal override StateDelta ReadDelta(long epoch, ref CodecReader reader, CodecCatalog codecs) =>
        ValueDelta<TKey, TValue>.Read(Name, epoch, ref reader, codecs);

    internal override void Apply(StateDelta delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        foreach (var row in ((ValueDelta<TKey, TValue>)delta).Rows)
        {
            Restore(row.Key, row.Hash, row.Exists, row.Exists && clone is not null ? clone(row.Value) : row.Value);
        }
    }

    internal override void Restore(TKey key, ulong hash, bool exists, TValue value)
    {
        if (!_log.IsEmpty)
        {
            throw new InvalidOperationException($"Table {Name} without epochs in flight expected, {_log.Count} undo records found: roll back or commit before a restore.");
        }

        Set(key, hash, exists, value, stamp: 0);
    }

    internal override void VisitChanges(long epoch, IChangeVisitor<TKey, TValue> visitor)
    {
        if (IsTransient || _log.Find(epoch) is not { Count: > 0 } log)
        {
            return;
        }

        var later = new LaterImages(_log.After(epoch));
        var seen = log.MayRepeat ? new SlotMap<TKey, bool>() : null;
        for (var i = 0; i < log.Count; i++)
        {
            ref var record = ref log[i];
            var tag = SlotMap<TKey, TValue>.TagOf(record.Hash);
            if (seen is not null && !TryInsert(seen, record.Key, tag))
            {
                continue;
            }

            var exists = After(record.Key, tag, later, out var after);
            visitor.Visit(new ValueChange<TKey, TValue>(record.Key, record.Hash, record.Existed, record.Before, exists, after));
        }
    }

    internal override void VisitImage(long epoch, IChangeVisitor<TKey, TValue> visitor)
    {
        if (IsTransient)
        {
            return;
        }

        var later = new LaterImages(_log.After(epoch));
        foreach (ref readonly var entry in Slots.Entries)
        {
            if (entry.Tag != 0 && entry.Stamp < later.FirstScope)
            {
                visitor.Visit(new ValueChange<TKey, TValue>(entry.Key, default(THash).Hash(entry.Key), false, default!, true, entry.Value));
            }
        }

        later.Visit(visitor);
    }

    private protected override void GiveDelta(long epoch, IRowSink<ValueDeltaRow<TKey, TValue>> rows) =>
        VisitChanges(epoch, new DeltaRows<TKey, TValue>(rows, clone));

    private protected override void GiveImage(long epoch, IRowSink<ValueDeltaRow<TKey, TValue>> rows) =>
        VisitImage(epoch, new DeltaRows<TKey, TValue>(rows, clone));

    private protected override StateDelta DeltaOf(long epoch, ValueDeltaRow<TKey, TValue>[] rows) => new ValueDelta<TKey, TValue>(Name, epoch, rows);

    private protected override DeltaRowCodec<ValueDeltaRow<TKey, TValue>> RowCodec(CodecCatalog codecs) => new ValueRowCodec<TKey, TValue>(codecs);

    /// <summary>The value of a key before all later epochs.</summary>
    private bool After(TKey key, uint tag, LaterImages later, out TValue value)
    {
        ref var entry = ref Slots.At(Slots.Find<THash>(key, tag));
        if (entry.Tag != 0 && entry.Stamp < later.FirstScope)
        {
            value = entry.Value;
            return true;
        }

        return later.TryFind(key, tag, out value);
    }

    private void Undo(UndoRecord<TKey, TValue> record) =>
        Set(record.Key, record.Hash, record.Existed, record.Before, record.Stamp);

    private void Set(TKey key, ulong hash, bool exists, TValue value, long stamp)
    {
        var tag = SlotMap<TKey, TValue>.TagOf(hash);
        var slot = Slots.Find<THash>(key, tag);
        ref var entry = ref Slots.At(slot);
        if (!exists)
        {
            if (entry.Tag != 0)
            {
                Drop(slot);
            }

            return;
        }

        var isNew = entry.Tag == 0;
        if (isNew)
        {
            entry = ref Slots.Insert(slot, key, tag);
        }
        else if (entry.Stamp < LiveFrom)
        {
            StaleCount--;
        }

        if (stamp < LiveFrom)
        {
            StaleCount++;
        }

        entry.Value = value;
        entry.Stamp = stamp;
        if (isNew)
        {
            Observer?.Added(key);
        }
    }

    private static bool TryInsert(SlotMap<TKey, bool> seen, TKey key, uint tag)
    {
        var slot = seen.Find<THash>(key, tag);
        if (seen.At(slot).Tag != 0)
        {
            return false;
        }

        seen.Insert(slot, key, tag);
        return true;
    }

    /// <summary>The first before-image of each key over the later epochs: its value at the end of the epoch in question.</summary>
    private sealed class LaterImages
    {
        private readonly List<EpochLog<UndoRecord<TKey, TValue>>> _logs;
        private SlotMap<TKey, (int Log, int Record)>? _first;

        internal LaterImages(List<EpochLog<UndoRecord<TKey, TValue>>> logs)
        {
            logs.RemoveAll(log => log.Count == 0);
            _logs = logs;
            FirstScope = logs.Count == 0 ? long.MaxValue : logs[0].FirstScope;
        }

        /// <value>Entries with an older stamp were not touched by a later epoch.</value>
        internal long FirstScope { get; }

        internal bool TryFind(TKey key, uint tag, out TValue value)
        {
            value = default!;
            if (_logs.Count == 0)
            {
                return false;
            }

            var first = _first ??= Index();
            ref var entry = ref first.At(first.Find<THash>(key, tag));
            if (entry.Tag == 0)
            {
                return false;
            }

            ref var record = ref _logs[entry.Value.Log][entry.Value.Record];
            value = record.Before;
            return record.Existed;
        }

        /// <summary>Visits what was there and has been touched since.</summary>
        internal void Visit(IChangeVisitor<TKey, TValue> visitor)
        {
            foreach (ref readonly var entry in (_first ??= Index()).Entries)
            {
                if (entry.Tag != 0 && _logs[entry.Value.Log][entry.Value.Record] is { Existed: true } record)
                {
                    visitor.Visit(new ValueChange<TKey, TValue>(record.Key, record.Hash, false, default!, true, record.Before));
                }
            }
        }

        private SlotMap<TKey, (int Log, int Record)> Index()
        {
            var first = new SlotMap<TKey, (int Log, int Record)>();
            for (var log = 0; log < _logs.Count; log++)
            {
                for (var i = 0; i < _logs[log].Count; i++)
                {
                    ref var record = ref _logs[log][i];
                    var tag = SlotMap<TKey, TValue>.TagOf(record.Hash);
                    var slot = first.Find<THash>(record.Key, tag);
                    if (first.At(slot).Tag == 0)
                    {
                        first.Insert(slot, record.Key, tag).Value = (log, i);
                    }
                }
            }

            return first;
        }
    }

}
