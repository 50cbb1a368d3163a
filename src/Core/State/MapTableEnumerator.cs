namespace Millrace.State;

/// <summary>Walks over the fields of one key of a map table; it is its own <c>foreach</c> source.</summary>
/// <remarks>Used on the task's thread; the current field may be removed or set meanwhile, nothing else.</remarks>
public struct MapTableEnumerator<TKey, TField, TItem>
{
    private readonly ValueTable<(TKey Key, TField Field), TItem> _items;
    private readonly TKey _key;
    private readonly SlotMap<TField, bool>? _fields;
    private SlotWalk<TField, bool> _walk;

    internal MapTableEnumerator(ValueTable<(TKey Key, TField Field), TItem> items, TKey key, SlotMap<TField, bool>? fields)
    {
        _items = items;
        _key = key;
        _fields = fields;
        _walk = fields is null ? default : new SlotWalk<TField, bool>(fields);
    }

    /// <value>The field found by the last <see cref="MoveNext"/>.</value>
    public readonly (TField Field, TItem Item) Current
    {
        get
        {
            var current = _fields!.At(_walk.Slot).Key;
            _items.TryGet((_key, current), out var item);
            return (current, item!);
        }
    }

    public readonly MapTableEnumerator<TKey, TField, TItem> GetEnumerator() => this;

    public bool MoveNext() => _walk.MoveNext();
}
