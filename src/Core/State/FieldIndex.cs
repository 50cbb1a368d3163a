using Millrace.Data;

namespace Millrace.State;

/// <summary>The fields of each key of a map table. Derived from the entries and kept in step with them, so it needs no undo.</summary>
internal sealed class FieldIndex<TKey, TField> : IEntryObserver<(TKey Key, TField Field)>
{
    private readonly SlotMap<TKey, SlotMap<TField, bool>> _fields = new();

    public void Added((TKey Key, TField Field) key)
    {
        var tag = SlotMap<TKey, bool>.TagOf(KeyType<TKey>.Default.Hash(key.Key));
        var slot = _fields.Find<AnyHash<TKey>>(key.Key, tag);
        if (_fields.At(slot).Tag == 0)
        {
            _fields.Insert(slot, key.Key, tag).Value = new SlotMap<TField, bool>();
            slot = _fields.Find<AnyHash<TKey>>(key.Key, tag);
        }

        var fields = _fields.At(slot).Value;
        var fieldTag = SlotMap<TField, bool>.TagOf(KeyType<TField>.Default.Hash(key.Field));
        fields.Insert(fields.Find<AnyHash<TField>>(key.Field, fieldTag), key.Field, fieldTag);
    }

    public void Removed((TKey Key, TField Field) key)
    {
        var slot = SlotOf(key.Key);
        var fields = _fields.At(slot).Value;
        fields.RemoveAt(fields.Find<AnyHash<TField>>(key.Field, SlotMap<TField, bool>.TagOf(KeyType<TField>.Default.Hash(key.Field))));
        if (fields.Count == 0)
        {
            _fields.RemoveAt(slot);
        }
    }

    /// <summary>The fields of a key; null when it has none.</summary>
    internal SlotMap<TField, bool>? Of(TKey key) => _fields.At(SlotOf(key)).Value;

    private uint SlotOf(TKey key) => _fields.Find<AnyHash<TKey>>(key, SlotMap<TKey, bool>.TagOf(KeyType<TKey>.Default.Hash(key)));
}
