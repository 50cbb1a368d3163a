namespace Millrace.State;

/// <summary>The changed entries of a <see cref="ValueTable{TKey, TValue}"/>.</summary>
public sealed class ValueDelta<TKey, TValue>(string table, long epoch, ValueDeltaRow<TKey, TValue>[] rows)
    : StateDelta<ValueDeltaRow<TKey, TValue>>(table, epoch, rows)
{
    private protected override StateDelta<ValueDeltaRow<TKey, TValue>> With(ValueDeltaRow<TKey, TValue>[] rows) =>
        new ValueDelta<TKey, TValue>(Table, Epoch, rows);
}
