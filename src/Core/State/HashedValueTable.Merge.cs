using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Millrace.State;

internal sealed partial class HashedValueTable<TKey, TValue, THash>
{
    // Why 32: two lines per row just fill what a core fetches ahead; 128 rows were a third slower on a million keys.
    private const int ChunkRows = 32;

    private const int PrefetchBytes = 256 * 1024;

    public override void Merge(ReadOnlySpan<(TKey Key, TValue Value)> rows, Func<TValue, TValue, TValue> reduce)
    {
        ArgumentNullException.ThrowIfNull(reduce);
        MergeChunks(rows, reduce, []);
    }

    public override void Merge(ReadOnlySpan<(TKey Key, TValue Value)> rows, Func<TValue, TValue, TValue> reduce, Span<TValue> results)
    {
        ArgumentNullException.ThrowIfNull(reduce);
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, rows.Length);
        MergeChunks(rows, reduce, results);
    }

    public override int CopyChanged(ref int cursor, Span<(TKey Key, TValue Value)> target)
    {
        var log = Recording();
        if (log is null)
            return 0;
        Debug.Assert(!log.HasRemovals, "a removed entry has no present value");

        // Why: a walk over all slots is one stream through memory; a lookup per change is a cache miss each.
        return log.Count > Slots.Mask / 8
            ? CopyChangedSlots(log.FirstScope, ref cursor, target)
            : CopyChangedRecords(log, ref cursor, target);
    }

    private int CopyChangedSlots(long firstScope, ref int cursor, Span<(TKey Key, TValue Value)> target)
    {
        var count = 0;
        for (; cursor <= Slots.Mask && count < target.Length; cursor++)
        {
            ref var entry = ref Slots.At((uint)cursor);
            if (entry.Tag != 0 && entry.Stamp >= firstScope)
                target[count++] = (entry.Key, entry.Value);
        }

        return count;
    }

    private int CopyChangedRecords(EpochLog<UndoRecord<TKey, TValue>> log, ref int cursor, Span<(TKey Key, TValue Value)> target)
    {
        var count = 0;
        while (count == 0 && cursor < log.Count)
        {
            var end = Math.Min(log.Count, cursor + Math.Min(ChunkRows, target.Length));
            for (var index = cursor; index < end; index++)
                Prefetch(log[index].Hash);
            for (; cursor < end; cursor++)
            {
                // A record made over one of the same epoch is a later change of an entry that has been seen.
                ref var record = ref log[cursor];
                if (record.Stamp >= log.FirstScope)
                    continue;
                target[count++] = (record.Key, Slots.At(Slots.Find<THash>(record.Key, SlotMap<TKey, TValue>.TagOf(record.Hash))).Value);
            }
        }

        return count;
    }

    private unsafe void Prefetch(ulong hash)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref Slots.At((uint)hash & Slots.Mask)));
    }

    private void MergeChunks(ReadOnlySpan<(TKey Key, TValue Value)> rows, Func<TValue, TValue, TValue> reduce, Span<TValue> results)
    {
        Span<ulong> hashes = stackalloc ulong[ChunkRows];
        while (rows.Length > 0)
        {
            var chunk = rows[..Math.Min(ChunkRows, rows.Length)];
            HashRows(chunk, hashes);
            MergeRows(chunk, hashes, reduce, results.IsEmpty ? results : results[..chunk.Length]);
            rows = rows[chunk.Length..];
            results = results.IsEmpty ? results : results[chunk.Length..];
        }
    }

    /// <summary>Hashes the rows of a chunk and asks the cache for their slots.</summary>
    private unsafe void HashRows(ReadOnlySpan<(TKey Key, TValue Value)> rows, Span<ulong> hashes)
    {
        ref var first = ref Slots.At(0);
        var mask = Slots.Mask;

        // Why: in a table beyond the cache the misses of a chunk overlap instead of queueing; in a small one a prefetch is only work.
        var prefetches = Sse.IsSupported && (long)mask * Unsafe.SizeOf<Entry<TKey, TValue>>() > PrefetchBytes;
        for (var i = 0; i < rows.Length; i++)
        {
            var hash = default(THash).Hash(rows[i].Key);
            hashes[i] = hash;
            if (prefetches)
            {
                // A stale address, when the collector moves the array meanwhile, is harmless to a prefetch.
                var entry = (byte*)Unsafe.AsPointer(ref Unsafe.Add(ref first, (uint)hash & mask));
                Sse.Prefetch0(entry);

                // Why: an entry may lie in two cache lines; without this a merge into a million keys took a fifth longer.
                Sse.Prefetch0(entry + Unsafe.SizeOf<Entry<TKey, TValue>>() - 1);
            }
        }
    }

    private void MergeRows(
        ReadOnlySpan<(TKey Key, TValue Value)> rows, ReadOnlySpan<ulong> hashes, Func<TValue, TValue, TValue> reduce, Span<TValue> results)
    {
        Debug.Assert(hashes.Length >= rows.Length);
        ref var first = ref Slots.At(0);
        var mask = Slots.Mask;
        var scope = _log.Scope;
        for (var i = 0; i < rows.Length; i++)
        {
            ref readonly var row = ref rows[i];
            var tag = SlotMap<TKey, TValue>.TagOf(hashes[i]);
            var slot = tag & mask;
            ref var entry = ref Unsafe.Add(ref first, slot);
            while (entry.Tag != tag || !default(THash).AreEqual(entry.Key, row.Key))
            {
                if (entry.Tag == 0)
                {
                    entry = ref Add(slot, row.Key, hashes[i]);
                    entry.Value = row.Value;
                    first = ref Slots.At(0);
                    mask = Slots.Mask;
                    goto Merged;
                }

                slot = (slot + 1) & mask;
                entry = ref Unsafe.Add(ref first, slot);
            }

            if (entry.Stamp != scope && !Touch(ref entry, hashes[i]))
            {
                entry.Value = row.Value;
                goto Merged;
            }

            entry.Value = reduce(entry.Value, row.Value);
        Merged:
            if (!results.IsEmpty)
            {
                results[i] = entry.Value;
            }
        }
    }
}
