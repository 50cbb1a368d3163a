using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Millrace.Data;

namespace Millrace.State;

/// <summary>A value table whose loops are specialised on the hash of its keys.</summary>
internal sealed partial class HashedValueTable<TKey, TValue, THash>(string name, Func<TValue, TValue>? clone, bool isTransient)
    : ValueTable<TKey, TValue>(name, isTransient)
    where THash : struct, IKeyHash<TKey>
{
    public override bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        ref var entry = ref Slots.At(Slots.Find<THash>(key, SlotMap<TKey, TValue>.TagOf(default(THash).Hash(key))));
        value = entry.Value;
        return entry.Tag != 0;
    }

    public override ref TValue GetOrAdd(TKey key, out bool existed)
    {
        var hash = default(THash).Hash(key);
        var tag = SlotMap<TKey, TValue>.TagOf(hash);
        var slot = Slots.Find<THash>(key, tag);
        ref var entry = ref Slots.At(slot);
        existed = entry.Tag != 0;
        if (!existed)
        {
            return ref Add(slot, key, hash).Value;
        }

        if (entry.Stamp != _log.Scope)
        {
            Touch(ref entry, hash);
        }

        return ref entry.Value;
    }

    public override void Put(TKey key, TValue value) => GetOrAdd(key, out _) = value;

    public override bool Remove(TKey key)
    {
        var hash = default(THash).Hash(key);
        var slot = Slots.Find<THash>(key, SlotMap<TKey, TValue>.TagOf(hash));
        if (Slots.At(slot).Tag == 0)
        {
            return false;
        }

        RemoveAt(slot, hash);
        return true;
    }

    public override void Clear()
    {
        var isRecorded = IsTransient ? _log.Current is not null : !_log.IsEmpty;
        if (!isRecorded && Observer is null)
        {
            Slots.Clear();
            return;
        }

        var walk = new SlotWalk<TKey, TValue>(Slots);
        while (walk.MoveNext())
        {
            if (isRecorded)
            {
                RemoveAt(walk.Slot);
            }
            else
            {
                Drop(walk.Slot);
            }
        }
    }

    internal override ref TValue ChangeAt(uint slot)
    {
        ref var entry = ref Slots.At(slot);
        if (entry.Stamp != _log.Scope)
        {
            Touch(ref entry, default(THash).Hash(entry.Key));
        }

        return ref entry.Value;
    }

    internal override void RemoveAt(uint slot) => RemoveAt(slot, default(THash).Hash(Slots.At(slot).Key));

    private void RemoveAt(uint slot, ulong hash)
    {
        ref var entry = ref Slots.At(slot);
        if (entry.Stamp != _log.Scope)
        {
            Touch(ref entry, hash);
        }

        if (_log.Current is { } log)
        {
            log.HasRemovals = true;
        }

        Drop(slot);
    }

    /// <summary>Takes an entry out without recording it.</summary>
    private void Drop(uint slot)
    {
        var key = Slots.At(slot).Key;
        Slots.RemoveAt(slot);
        Observer?.Removed(key);
    }

    /// <summary>Makes an entry in a free slot and records that it was absent.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref Entry<TKey, TValue> Add(uint slot, TKey key, ulong hash)
    {
        var log = Recording();
        key = default(THash).Own(key);
        ref var entry = ref Slots.Insert(slot, key, SlotMap<TKey, TValue>.TagOf(hash));
        entry.Stamp = _log.Scope;
        if (log is not null)
        {
            log.MayRepeat |= log.HasRemovals;
            ref var record = ref log.Add();
            record.Key = key;
            record.Hash = hash;
            record.Stamp = UndoRecord<TKey, TValue>.Absent;
        }

        Observer?.Added(key);
        return ref entry;
    }

    /// <summary>Records the before-image of an entry at its first touch in a scope.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Touch(ref Entry<TKey, TValue> entry, ulong hash)
    {
        if (Recording() is { } log)
        {
            var before = clone is null ? entry.Value : clone(entry.Value);
            log.MayRepeat |= entry.Stamp >= log.FirstScope;
            ref var record = ref log.Add();
            record.Key = entry.Key;
            record.Before = before;
            record.Hash = hash;
            record.Stamp = entry.Stamp;
        }

        entry.Stamp = _log.Scope;
    }

    private EpochLog<UndoRecord<TKey, TValue>>? Recording() =>
        _log.Current ?? (IsTransient ? null : throw _log.NoEpoch());
}
