namespace Millrace.State;

/// <summary>Walks over the entries of a value table; the current one may be replaced or removed.</summary>
/// <remarks>No other change of the table until the walk is over. Used on the task's thread.</remarks>
public struct ValueTableEnumerator<TKey, TValue>
{
    internal ValueTableEnumerator(ValueTable<TKey, TValue> table) => _ = table;

    /// <value>The entry found by the last <see cref="MoveNext"/>.</value>
    public readonly (TKey Key, TValue Value) Current => throw new NotSupportedException();

    public bool MoveNext() => throw new NotSupportedException();

    /// <summary>Replaces the value of the current entry.</summary>
    public readonly void Set(TValue value) => throw new NotSupportedException();

    /// <summary>Removes the current entry.</summary>
    public readonly void Remove() => throw new NotSupportedException();
}
