using System.Numerics;
using System.Runtime.InteropServices;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

/// <summary>Open addressing with linear probing for a key count known beforehand, at most half full. Key 0 marks a free slot.</summary>
internal sealed class SumTable
{
    private readonly Slot[] _slots;
    private readonly int _shift;
    private long _sumOfZero;
    private bool _hasZero;

    public SumTable(int keyCount)
    {
        var bits = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)keyCount * 2));
        _slots = new Slot[1 << bits];
        _shift = 64 - bits;
    }

    // program: handwritten w5 open-addressing
    public void Add(ReadOnlySpan<KeyValue> pairs)
    {
        var slots = _slots;
        foreach (var (key, value) in pairs)
        {
            if (key == 0)
            {
                AddToZero(value);
                continue;
            }

            var index = (int)(((ulong)key * 0x9E3779B97F4A7C15) >> _shift);
            while (slots[index].Key != key)
            {
                if (slots[index].Key == 0)
                {
                    slots[index].Key = key;
                    break;
                }

                index = (index + 1) & (slots.Length - 1);
            }

            slots[index].Sum += value;
        }
    }

    // end

    public ulong Checksum()
    {
        var results = new ResultChecksum();
        if (_hasZero) results.Add(0, _sumOfZero);
        foreach (var slot in _slots)
        {
            if (slot.Key != 0) results.Add(slot.Key, slot.Sum);
        }

        results.EndBatch();
        return results.Value;
    }

    /// <summary>Adds the other table's sums to this one's.</summary>
    public void Merge(SumTable other)
    {
        if (other._hasZero) AddToZero(other._sumOfZero);
        Span<KeyValue> pair = stackalloc KeyValue[1];
        foreach (var slot in other._slots)
        {
            if (slot.Key == 0) continue;

            pair[0] = new KeyValue(slot.Key, slot.Sum);
            Add(pair);
        }
    }

    private void AddToZero(long value)
    {
        _hasZero = true;
        _sumOfZero += value;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Slot
    {
        public long Key;
        public long Sum;
    }
}
