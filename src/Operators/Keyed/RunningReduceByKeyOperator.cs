using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Keyed;

/// <summary>A total per key over all epochs; at the end of each epoch the keys that it held are given out with their new totals.</summary>
/// <param name="reduce">Associative and commutative. Of a type that can be changed it gets copies, since totals are what a failed epoch goes back to, and copies are given out.</param>
public sealed class RunningReduceByKeyOperator<TKey, TValue>(Func<TValue, TValue, TValue> reduce)
    : Operator, IInput<(TKey Key, TValue Value)>
{
    private ValueTable<TKey, TValue> _totals = null!;
    private Output<(TKey Key, TValue Value)> _output = null!;
    private (TKey Key, TValue Value)[] _changed = [];
    private Func<TValue, TValue, TValue> _guarded = null!;
    private Func<TValue, TValue>? _copy;

    /// <inheritdoc/>
    public void OnBatch(Batch<(TKey Key, TValue Value)> batch)
    {
        _totals.Merge(batch.Rows, _guarded);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        var cursor = 0;
        while (_totals.CopyChanged(ref cursor, _changed) is > 0 and var count)
        {
            if (_copy is not null)
            {
                foreach (ref var row in _changed.AsSpan(0, count))
                    row.Value = _copy(row.Value);
            }

            _output.AddRange(_changed.AsSpan(0, count));
        }

        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _totals = Context.State.Value<TKey, TValue>("totals");
        _output = Context.Output<(TKey, TValue)>();
        _changed = new (TKey, TValue)[256];
        (_guarded, _copy) = (StateCopy.Guard(reduce, Context.Operator), StateCopy.Of<TValue>(Context.Operator));
    }
}
