namespace Millrace.State;

/// <summary>Walks over the fields of one key of a map table; it is its own <c>foreach</c> source.</summary>
public struct MapTableEnumerator<TKey, TField, TItem>
{
    /// <value>The field found by the last <see cref="MoveNext"/>.</value>
    public readonly (TField Field, TItem Item) Current => throw new NotSupportedException();

    public readonly MapTableEnumerator<TKey, TField, TItem> GetEnumerator() => this;

    public bool MoveNext() => throw new NotSupportedException();
}
