using System.Diagnostics.CodeAnalysis;

namespace Millrace.State;

/// <summary>One value per key.</summary>
/// <remarks>
/// Values are immutable, or the table was made with a clone function. Null keys are keys. A value written equal to the one before
/// leaves no delta. While enumerating, only the current entry may be replaced or removed, through the enumerator.
/// <para>A <see cref="Data.TextSlice"/> key is detached from its line when its entry is made.</para>
/// </remarks>
public abstract class ValueTable<TKey, TValue> : StateTable
{
    private protected ValueTable(string name, Func<TValue, TValue>? clone, bool isTransient)
        : base(name, isTransient) => Clone = clone;

    private protected Func<TValue, TValue>? Clone { get; }

    /// <summary>Reads the value of a key.</summary>
    public abstract bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value);

    /// <summary>The place of a key's value, to be changed at once: valid until the next call on the table. A new entry holds the default value.</summary>
    public abstract ref TValue GetOrAdd(TKey key, out bool existed);

    /// <summary>Sets the value of a key.</summary>
    public abstract void Put(TKey key, TValue value);

    /// <summary>Removes a key; false when it was not there.</summary>
    public abstract bool Remove(TKey key);

    /// <summary>Reduces each row into its key's value, in order; the first value of a key is taken as it is.</summary>
    /// <remarks>One virtual call per batch. If <paramref name="reduce"/> throws, the rows before are merged; <c>UndoTo</c> takes them back.</remarks>
    public abstract void Merge(ReadOnlySpan<(TKey Key, TValue Value)> rows, Func<TValue, TValue, TValue> reduce);

    /// <summary>The same, and reports the value of each row's key after that row: what a running reduce emits.</summary>
    public abstract void Merge(ReadOnlySpan<(TKey Key, TValue Value)> rows, Func<TValue, TValue, TValue> reduce, Span<TValue> results);

    /// <summary>Copies all entries, in no particular order; <paramref name="target"/> has room for <see cref="StateTable.Count"/>.</summary>
    public int CopyTo(Span<(TKey Key, TValue Value)> target) => throw new NotSupportedException();

    /// <summary>Copies all entries and clears the table.</summary>
    public int DrainTo(Span<(TKey Key, TValue Value)> target)
    {
        var count = CopyTo(target);
        Clear();
        return count;
    }

    /// <summary>Enumerates the live entries, in no particular order: <c>while (entries.MoveNext()) { … entries.Set(value) or entries.Remove() }</c>.</summary>
    public ValueTableEnumerator<TKey, TValue> GetEnumerator() => new(this);
}
