using System.Runtime.InteropServices;

namespace Millrace.State;

/// <summary>Gathers the rows of a value delta: changes that make a difference.</summary>
internal sealed class DeltaRows<TKey, TValue>(Func<TValue, TValue>? clone) : IChangeVisitor<TKey, TValue>
{
    private readonly List<ValueDeltaRow<TKey, TValue>> _rows = [];

    public void Visit(in ValueChange<TKey, TValue> change)
    {
        if (change.Exists)
        {
            if (!change.Existed || !SameValue<TValue>.Test(change.Before, change.After))
            {
                _rows.Add(new(change.Key, change.Hash, true, clone is null ? change.After : clone(change.After)));
            }
        }
        else if (change.Existed)
        {
            _rows.Add(new(change.Key, change.Hash, false, default!));
        }
    }

    internal ValueDelta<TKey, TValue>? ToDelta(string table, long epoch) =>
        _rows.Count == 0 ? null : new ValueDelta<TKey, TValue>(table, epoch, CollectionsMarshal.AsSpan(_rows).ToArray());
}
