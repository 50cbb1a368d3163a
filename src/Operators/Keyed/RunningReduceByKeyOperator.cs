using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Keyed;

/// <summary>A total per key over all epochs; at the end of each epoch the keys that it held are given out with their new totals.</summary>
public sealed class RunningReduceByKeyOperator<TKey, TValue>(Func<TValue, TValue, TValue> reduce)
    : Operator, IInput<(TKey Key, TValue Value)>
{
    private ValueTable<TKey, TValue> _reduced = null!;
    private ValueTable<TKey, TValue> _totals = null!;
    private Output<(TKey Key, TValue Value)> _output = null!;
    private (TKey Key, TValue Value)[] _rows = [];
    private TValue[] _results = [];

    /// <inheritdoc/>
    public void OnBatch(Batch<(TKey Key, TValue Value)> batch)
    {
        _reduced.Merge(batch.Rows, reduce);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        // The epoch's totals first, then each key's state once: what is given out is final for the epoch, whatever the order of arrival.
        var count = 0;
        foreach (var entry in _reduced)
        {
            _rows[count++] = entry;
            if (count == _rows.Length)
                count = Emit(count);
        }

        Emit(count);
        _reduced.Clear();
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _reduced = Context.State.Value<TKey, TValue>("reduced", transient: true);
        _totals = Context.State.Value<TKey, TValue>("totals");
        _output = Context.Output<(TKey, TValue)>();
        _rows = new (TKey, TValue)[Batch<(TKey, TValue)>.FullSize];
        _results = new TValue[_rows.Length];
    }

    private int Emit(int count)
    {
        var rows = _rows.AsSpan(0, count);
        _totals.Merge(rows, reduce, _results.AsSpan(0, count));
        for (var row = 0; row < count; row++)
            rows[row].Value = _results[row];
        _output.AddRange(rows);
        return 0;
    }
}
