namespace Millrace.State;

/// <summary>Walks downwards over the used slots, from a free one around to it again, so that the current entry may be removed.</summary>
internal struct SlotWalk<TKey, TValue>
{
    private readonly SlotMap<TKey, TValue> _slots;
    private uint _left;

    internal SlotWalk(SlotMap<TKey, TValue> slots)
    {
        _slots = slots;
        _left = slots.Count == 0 ? 0 : slots.Mask;
        while (slots.At(Slot).Tag != 0)
        {
            Slot++;
        }
    }

    internal uint Slot { get; private set; }

    internal bool MoveNext()
    {
        while (_left > 0)
        {
            _left--;
            Slot = (Slot - 1) & _slots.Mask;
            if (_slots.At(Slot).Tag != 0)
            {
                return true;
            }
        }

        return false;
    }
}
