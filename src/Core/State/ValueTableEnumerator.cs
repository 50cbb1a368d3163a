namespace Millrace.State;

/// <summary>Walks over the entries of a value table; the current one may be replaced or removed.</summary>
/// <remarks>No other change of the table until the walk is over. Used on the task's thread.</remarks>
public struct ValueTableEnumerator<TKey, TValue>
{
    private readonly ValueTable<TKey, TValue> _table;
    private SlotWalk<TKey, TValue> _walk;

    internal ValueTableEnumerator(ValueTable<TKey, TValue> table)
    {
        _table = table;
        _walk = new SlotWalk<TKey, TValue>(table.Slots);
    }

    /// <value>Where the walk stands.</value>
    internal readonly uint Slot => _walk.Slot;

    /// <value>The entry found by the last <see cref="MoveNext"/>.</value>
    public readonly (TKey Key, TValue Value) Current
    {
        get
        {
            ref var entry = ref _table.Slots.At(_walk.Slot);
            return (entry.Key, entry.Value);
        }
    }

    public bool MoveNext()
    {
        while (_walk.MoveNext())
        {
            if (_table.Slots.At(_walk.Slot).Stamp >= _table.LiveFrom)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Replaces the value of the current entry.</summary>
    public readonly void Set(TValue value) => _table.ChangeAt(_walk.Slot) = value;

    /// <summary>Removes the current entry.</summary>
    public readonly void Remove() => _table.RemoveAt(_walk.Slot);
}
