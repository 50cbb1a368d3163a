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
        if (entry.Tag == 0 || entry.Stamp < LiveFrom)
        {
            value = default;
            return false;
        }

        value = entry.Value;
        return true;
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
            existed = Touch(ref entry, hash);
        }

        return ref entry.Value;
    }

    public override void Put(TKey key, TValue value) => GetOrAdd(key, out _) = value;

    public override bool Remove(TKey key)
    {
        var hash = default(THash).Hash(key);
        var slot = Slots.Find<THash>(key, SlotMap<TKey, TValue>.TagOf(hash));
        if (Slots.At(slot).Tag == 0 || Slots.At(slot).Stamp < LiveFrom)
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
            Forget();
            return;
        }

        for (var entries = GetEnumerator(); entries.MoveNext();)
        {
            if (isRecorded)
            {
                entries.Remove();
            }
            else
            {
                Drop(entries.Slot);
            }
        }
    }

    // Why: the keys of one epoch are mostly those of the next. Kept, they need not be inserted again, and no young key is made
    // to survive by a reference from an old table: word count on strings was a fifth slower without.
    private void Forget()
    {
        var live = Count;
        if (live == 0)
        {
            return;
        }

        if (!IsTransient || live <= StaleCount || Slots.IsSparse)
        {
            Slots.Clear();
            StaleCount = 0;
            return;
        }

        LiveFrom = _log.Renew();
        StaleCount = Slots.Count;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TValue>())
        {
            foreach (ref var entry in Slots.Entries)
            {
                entry.Value = default!;
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
        var (key, stamp) = (Slots.At(slot).Key, Slots.At(slot).Stamp);
        Slots.RemoveAt(slot);
        if (stamp < LiveFrom)
        {
            StaleCount--;
        }

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
    /// <returns>Whether it was live; a stale one is made live with the default value.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Touch(ref Entry<TKey, TValue> entry, ulong hash)
    {
        var isLive = entry.Stamp >= LiveFrom;
        if (Recording() is { } log)
        {
            var before = clone is null || !isLive ? entry.Value : clone(entry.Value);
            log.MayRepeat |= entry.Stamp >= log.FirstScope;
            ref var record = ref log.Add();
            record.Key = entry.Key;
            record.Before = before;
            record.Hash = hash;
            record.Stamp = entry.Stamp;
        }

        entry.Stamp = _log.Scope;
        if (!isLive)
        {
            entry.Value = default!;
            StaleCount--;
        }

        return isLive;
    }

    private EpochLog<UndoRecord<TKey, TValue>>? Recording() =>
        _log.Current ?? (IsTransient ? null : throw _log.NoEpoch());
}
