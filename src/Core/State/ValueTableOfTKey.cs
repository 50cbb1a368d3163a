using System.Diagnostics.CodeAnalysis;
using Millrace.Data;

namespace Millrace.State;

/// <summary>One value per key.</summary>
/// <remarks>
/// Values are immutable, or the table was made with a clone function. Null keys are keys. A value written equal to the one before
/// leaves no delta. While enumerating, only the current entry may be replaced or removed, through the enumerator.
/// <para>A <see cref="Data.TextSlice"/> key is detached from its line when its entry is made.</para>
/// </remarks>
public abstract class ValueTable<TKey, TValue> : StateTable<ValueDeltaRow<TKey, TValue>>
{
    private TableView? _view;
    private bool _isHidden;

    private protected ValueTable(string name, bool isTransient)
        : base(name, isTransient)
    {
    }

    public sealed override int Count => Slots.Count - StaleCount;

    /// <value>The entries.</value>
    internal SlotMap<TKey, TValue> Slots { get; } = new();

    /// <value>An entry stamped before this scope is stale: its key was kept when the table was cleared, its value is gone.</value>
    internal long LiveFrom { get; private protected set; }

    /// <value>How many of the entries are stale.</value>
    private protected int StaleCount { get; set; }

    /// <inheritdoc/>
    internal sealed override TableView? View => IsTransient || _isHidden
        ? null
        : _view ??= new ValueTableView<TKey, TValue, TValue>(this, typeof(TKey), KeyType<TKey>.Default.Hash, static (_, value, _) => value);

    /// <value>Told of keys that come and go; none by default.</value>
    internal IEntryObserver<TKey>? Observer { get; set; }

    /// <summary>Reads the value of a key.</summary>
    public abstract bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value);

    /// <summary>Reads the value that a key had at the end of an epoch, not older than the last committed one; not to be changed.</summary>
    /// <remarks>One that was touched since is looked for in what the epochs since have saved.</remarks>
    public abstract bool TryGetAt(TKey key, long epoch, [MaybeNullWhen(false)] out TValue value);

    /// <summary>Says what whoever reads the state of a running job is shown instead of the values.</summary>
    /// <param name="show">Makes it of the key, the value and the epoch at whose end it was the key's; on the task's thread.</param>
    public void ShowAs<TShown>(Func<TKey, TValue, long, TShown> show)
    {
        ArgumentNullException.ThrowIfNull(show);
        _view = new ValueTableView<TKey, TValue, TShown>(this, typeof(TKey), KeyType<TKey>.Default.Hash, show);
    }

    /// <summary>Shows the table to nobody: what it holds means something to its operator alone.</summary>
    public void Hide() => _isHidden = true;

    /// <summary>The place of a key's value, to be changed at once: valid until the next call on the table. A new entry holds the default value.</summary>
    public abstract ref TValue GetOrAdd(TKey key, out bool existed);

    /// <summary>Sets the value of a key.</summary>
    public abstract void Put(TKey key, TValue value);

    /// <summary>Removes a key; false when it was not there.</summary>
    public abstract bool Remove(TKey key);

    /// <summary>Reduces each row into its key's value, in order; the first value of a key is taken as it is.</summary>
    /// <remarks>
    /// One virtual call per batch. <paramref name="reduce"/> doesn't use this table. If it throws, the rows before are merged;
    /// <c>UndoTo</c> takes them back.
    /// </remarks>
    public abstract void Merge(ReadOnlySpan<(TKey Key, TValue Value)> rows, Func<TValue, TValue, TValue> reduce);

    /// <summary>The same, and reports the value of each row's key after that row: what a running reduce emits.</summary>
    public abstract void Merge(ReadOnlySpan<(TKey Key, TValue Value)> rows, Func<TValue, TValue, TValue> reduce, Span<TValue> results);

    /// <summary>Copies all entries, in no particular order; <paramref name="target"/> has room for <see cref="StateTable.Count"/>.</summary>
    /// <returns>The number of entries.</returns>
    public int CopyTo(Span<(TKey Key, TValue Value)> target)
    {
        var count = 0;
        for (var slot = 0u; count < Count; slot++)
        {
            ref var entry = ref Slots.At(slot);
            if (entry.Tag != 0 && entry.Stamp >= LiveFrom)
            {
                target[count++] = (entry.Key, entry.Value);
            }
        }

        return count;
    }

    /// <summary>Copies all entries and clears the table.</summary>
    /// <returns>The number of entries.</returns>
    public int DrainTo(Span<(TKey Key, TValue Value)> target)
    {
        var count = CopyTo(target);
        Clear();
        return count;
    }

    /// <summary>Copies entries that the current epoch has changed, each once, in no particular order, with their present values.</summary>
    /// <param name="cursor">0 for the first call; then what the last one left.</param>
    /// <param name="target">Room for a part of them.</param>
    /// <returns>How many were copied; 0 when there are no more.</returns>
    /// <remarks>For tables that the epoch removed nothing from; nothing may change between the calls of one pass.</remarks>
    public abstract int CopyChanged(ref int cursor, Span<(TKey Key, TValue Value)> target);

    /// <summary>Enumerates the live entries, in no particular order: <c>while (entries.MoveNext()) { … entries.Set(value) or entries.Remove() }</c>.</summary>
    public ValueTableEnumerator<TKey, TValue> GetEnumerator() => new(this);

    /// <summary>The value in a slot, to be changed at once.</summary>
    internal abstract ref TValue ChangeAt(uint slot);

    /// <summary>Removes the entry in a slot.</summary>
    internal abstract void RemoveAt(uint slot);

    /// <summary>Writes an entry without recording it; no epoch is in flight.</summary>
    internal abstract void Restore(TKey key, ulong hash, bool exists, TValue value);

    /// <summary>The number of entries at the end of an epoch, not older than the last committed one.</summary>
    internal abstract long CountAt(long epoch);

    /// <inheritdoc cref="TableView{TKey, TValue}.Read"/>
    internal abstract uint? ReadAt(long epoch, uint from, int max, List<(uint Position, TKey Key, TValue Value)> entries);

    /// <summary>Visits each entry touched by an epoch once, with its value at the epoch's end.</summary>
    internal abstract void VisitChanges(long epoch, IChangeVisitor<TKey, TValue> visitor);

    /// <summary>Visits each entry that is there at the end of an epoch, as if it were new.</summary>
    internal abstract void VisitImage(long epoch, IChangeVisitor<TKey, TValue> visitor);
}
