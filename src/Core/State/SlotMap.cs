using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Data;

namespace Millrace.State;

/// <summary>An open-addressing hash table with inline entries: linear probing, backward-shift deletion, no undo.</summary>
/// <remarks>
/// An entry's home is in its tag, so that growing and deleting call no user code. Removing shifts entries back only as far as the
/// next free slot; a walk downwards from a free slot therefore sees every entry once even when it removes where it stands.
/// </remarks>
internal sealed class SlotMap<TKey, TValue>
{
    private const int MinimalCapacity = 16;
    private const int LineBytes = 64;
    private const int LargeBytes = 64 * 1024;
    private const uint Used = 0x8000_0000;

    private Entry<TKey, TValue>[] _array;
    private nint _offset;

    internal SlotMap() => Allocate(MinimalCapacity);

    /// <value>All slots, free ones too.</value>
    internal Span<Entry<TKey, TValue>> Entries => MemoryMarshal.CreateSpan(ref At(0), (int)Mask + 1);

    internal int Count { get; private set; }

    internal uint Mask { get; private set; }

    internal bool IsFull => Count >= Limit;

    /// <value>Whether less than an eighth of the slots is used.</value>
    internal bool IsSparse => Mask >= MinimalCapacity && Count <= Mask / 8;

    // Why 11/16: a miss takes 5.6 probes on average there, 8.5 at 3/4.
    private int Limit { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint TagOf(ulong hash) => (uint)hash | Used;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref Entry<TKey, TValue> At(uint slot)
    {
        Debug.Assert(slot <= Mask);
        return ref Unsafe.Add(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_array), _offset), slot);
    }

    /// <summary>The slot of a key, or the free slot where it belongs.</summary>
    internal uint Find<THash>(TKey key, uint tag)
        where THash : struct, IKeyHash<TKey>
    {
        var slot = tag & Mask;
        while (true)
        {
            ref var entry = ref At(slot);
            if (entry.Tag == 0 || (entry.Tag == tag && default(THash).AreEqual(entry.Key, key)))
            {
                return slot;
            }

            slot = (slot + 1) & Mask;
        }
    }

    /// <summary>Fills a free slot, growing first when full; the key is not in the table.</summary>
    internal ref Entry<TKey, TValue> Insert(uint slot, TKey key, uint tag)
    {
        if (IsFull)
        {
            Grow();
            slot = FreeSlot(tag);
        }

        ref var entry = ref At(slot);
        Debug.Assert(entry.Tag == 0);
        entry.Key = key;
        entry.Tag = tag;
        Count++;
        return ref entry;
    }

    internal void RemoveAt(uint slot)
    {
        var hole = slot;
        for (var next = (hole + 1) & Mask; At(next).Tag != 0; next = (next + 1) & Mask)
        {
            var home = At(next).Tag & Mask;
            if (((next - home) & Mask) >= ((next - hole) & Mask))
            {
                At(hole) = At(next);
                hole = next;
            }
        }

        At(hole) = default;
        Count--;
    }

    /// <summary>Frees all slots. A table that used less than an eighth of them gives half back, so that clearing stays cheap after a burst.</summary>
    internal void Clear()
    {
        if (Count == 0)
        {
            return;
        }

        if (IsSparse)
        {
            Allocate((int)(Mask + 1) / 2);
        }
        else
        {
            Entries.Clear();
        }

        Count = 0;
    }

    private void Grow()
    {
        var old = Entries;
        Allocate(checked(old.Length * 2));
        foreach (ref readonly var entry in old)
        {
            if (entry.Tag != 0)
            {
                At(FreeSlot(entry.Tag)) = entry;
            }
        }
    }

    private uint FreeSlot(uint tag)
    {
        var slot = tag & Mask;
        while (At(slot).Tag != 0)
        {
            slot = (slot + 1) & Mask;
        }

        return slot;
    }

    [MemberNotNull(nameof(_array))]
    private void Allocate(int capacity)
    {
        Debug.Assert(BitOperations.IsPow2(capacity));
        Mask = (uint)capacity - 1;
        Limit = capacity / 16 * 11;
        var bytes = Unsafe.SizeOf<Entry<TKey, TValue>>();
        if (RuntimeHelpers.IsReferenceOrContainsReferences<Entry<TKey, TValue>>() || (long)capacity * bytes < LargeBytes)
        {
            _array = new Entry<TKey, TValue>[capacity];
            _offset = 0;
            return;
        }

        // Why: an array's first element is never at the start of a cache line, so that every second entry of 32 bytes would lie in two.
        _array = GC.AllocateArray<Entry<TKey, TValue>>(checked(capacity + (LineBytes / bytes) + 1), pinned: true);
        _offset = LineBytes - (Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) & (LineBytes - 1));
    }
}
