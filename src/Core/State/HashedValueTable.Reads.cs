using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Millrace.State;

internal sealed partial class HashedValueTable<TKey, TValue, THash>
{
    private const int TagBits = 32;

    public override bool TryGetAt(TKey key, long epoch, [MaybeNullWhen(false)] out TValue value)
    {
        var hash = default(THash).Hash(key);
        var later = _log.After(epoch);
        ref var entry = ref Slots.At(Slots.Find<THash>(key, SlotMap<TKey, TValue>.TagOf(hash)));
        if (entry.Tag != 0 && (later.Count == 0 || entry.Stamp < later[0].FirstScope))
        {
            value = entry.Value;
            return entry.Stamp >= LiveFrom;
        }

        // Why not by an index of the records: for one key it would cost many times as much as a look at each.
        foreach (var log in later)
        {
            for (var i = 0; i < log.Count; i++)
            {
                ref var record = ref log[i];
                if (record.Hash == hash && default(THash).AreEqual(record.Key, key))
                {
                    value = record.Before;
                    return record.Existed;
                }
            }
        }

        value = default;
        return false;
    }

    internal override long CountAt(long epoch)
    {
        long count = Count;
        var later = _log.After(epoch);
        if (!later.Exists(log => log.HasRemovals))
        {
            // Each key that has come since has one record that says so.
            foreach (var log in later)
            {
                for (var i = 0; i < log.Count; i++)
                    count -= log[i].Existed ? 0 : 1;
            }

            return count;
        }

        foreach (var (hash, record) in FirstRecords(later, 0, ulong.MaxValue))
        {
            var exists = Slots.At(Slots.Find<THash>(record.Key, SlotMap<TKey, TValue>.TagOf(hash))).Tag != 0;
            count += (record.Existed ? 1 : 0) - (exists ? 1 : 0);
        }

        return count;
    }

    /// <remarks>
    /// A position is the low half of the hash read backwards. In this order the entries of a slot's home come together however many slots there
    /// are, so a page costs what it holds, and goes on where the one before ended also when the table has grown.
    /// </remarks>
    internal override uint? ReadAt(long epoch, uint from, int max, List<(uint Position, TKey Key, TValue Value)> entries)
    {
        var later = _log.After(epoch);
        var end = ReadUntouched(later.Count == 0 ? long.MaxValue : later[0].FirstScope, from, max, entries);
        foreach (var (hash, record) in FirstRecords(later, from, end))
        {
            if (record.Existed)
                entries.Add((PositionOf(hash), record.Key, record.Before));
        }

        entries.Sort(static (left, right) => left.Position.CompareTo(right.Position));
        for (var cut = max; cut < entries.Count; cut++)
        {
            if (entries[cut].Position == entries[cut - 1].Position)
                continue;
            var next = entries[cut].Position;
            entries.RemoveRange(cut, entries.Count - cut);
            return next;
        }

        return end <= uint.MaxValue ? (uint)end : null;
    }

    /// <summary>Adds the entries that no later epoch has touched; those that one has count too.</summary>
    /// <returns>The position at which others begin.</returns>
    private ulong ReadUntouched(long firstScope, uint from, int max, List<(uint Position, TKey Key, TValue Value)> entries)
    {
        var bits = BitOperations.PopCount(Slots.Mask);
        var found = 0;
        for (var home = from >> (TagBits - bits); home <= Slots.Mask; home++)
        {
            if (found >= max)
                return (ulong)home << (TagBits - bits);
            var first = Reversed(home) >> (TagBits - bits);
            for (var slot = first; Slots.At(slot).Tag != 0; slot = (slot + 1) & Slots.Mask)
            {
                ref var entry = ref Slots.At(slot);
                if ((entry.Tag & Slots.Mask) != first || Reversed(entry.Tag) < from || entry.Stamp < LiveFrom)
                    continue;
                found++;
                if (entry.Stamp < firstScope)
                    entries.Add((Reversed(entry.Tag), entry.Key, entry.Value));
            }
        }

        return ulong.MaxValue;
    }

    /// <summary>The first record of each key over the later epochs whose position is in a range.</summary>
    private static IEnumerable<(ulong Hash, UndoRecord<TKey, TValue> Record)> FirstRecords(List<EpochLog<UndoRecord<TKey, TValue>>> later, ulong from, ulong end)
    {
        SlotMap<TKey, bool>? seen = null;
        foreach (var log in later)
        {
            for (var i = 0; i < log.Count; i++)
            {
                var hash = log[i].Hash;
                if (PositionOf(hash) is var position && (position < from || position >= end))
                    continue;
                if (TryInsert(seen ??= new(), log[i].Key, SlotMap<TKey, TValue>.TagOf(hash)))
                    yield return (hash, log[i]);
            }
        }
    }

    private static uint PositionOf(ulong hash) => Reversed(SlotMap<TKey, TValue>.TagOf(hash));

    private static uint Reversed(uint bits)
    {
        bits = ((bits >> 1) & 0x5555_5555) | ((bits & 0x5555_5555) << 1);
        bits = ((bits >> 2) & 0x3333_3333) | ((bits & 0x3333_3333) << 2);
        bits = ((bits >> 4) & 0x0F0F_0F0F) | ((bits & 0x0F0F_0F0F) << 4);
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(bits);
    }
}
