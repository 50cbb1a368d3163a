namespace Millrace.State;

/// <summary>Walks over the lists of a list table; the current one may be removed.</summary>
/// <remarks>No other change of the table until the walk is over. Used on the task's thread.</remarks>
public struct ListTableEnumerator<TKey, TItem>
{
    private ValueTableEnumerator<TKey, ListState<TItem>> _lists;

    internal ListTableEnumerator(ValueTableEnumerator<TKey, ListState<TItem>> lists) => _lists = lists;

    /// <value>The key found by the last <see cref="MoveNext"/>.</value>
    public readonly TKey Key => _lists.Current.Key;

    /// <value>Its items, oldest first.</value>
    public readonly ReadOnlySpan<TItem> Items => _lists.Current.Value.Items;

    public bool MoveNext() => _lists.MoveNext();

    /// <summary>Removes the current list.</summary>
    public readonly void Remove() => _lists.Remove();
}
