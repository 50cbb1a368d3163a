namespace Millrace.State;

/// <summary>Gives the rows of a value delta: changes that make a difference.</summary>
internal sealed class DeltaRows<TKey, TValue>(IRowSink<ValueDeltaRow<TKey, TValue>> rows, Func<TValue, TValue>? clone) : IChangeVisitor<TKey, TValue>
{
    private readonly Func<TValue, TValue>? _clone = rows.KeepsRows ? clone : null;

    public void Visit(in ValueChange<TKey, TValue> change)
    {
        if (change.Exists)
        {
            if (!change.Existed || !SameValue<TValue>.Test(change.Before, change.After))
            {
                rows.Add(new(change.Key, change.Hash, true, _clone is null ? change.After : _clone(change.After)));
            }
        }
        else if (change.Existed)
        {
            rows.Add(new(change.Key, change.Hash, false, default!));
        }
    }
}
