using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Keyed;

/// <summary>The values of each key of an epoch reduced to one, given out at the end of the epoch.</summary>
public sealed class ReduceByKeyOperator<TKey, TValue>(Func<TValue, TValue, TValue> reduce)
    : Operator, IInput<(TKey Key, TValue Value)>
{
    private ValueTable<TKey, TValue> _reduced = null!;
    private Output<(TKey Key, TValue Value)> _output = null!;

    /// <inheritdoc/>
    public void OnBatch(Batch<(TKey Key, TValue Value)> batch)
    {
        _reduced.Merge(batch.Rows, reduce);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        foreach (var (key, value) in _reduced)
            _output.Add((key, value));
        _reduced.Clear();
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _reduced = Context.State.Value<TKey, TValue>("reduced", transient: true);
        _output = Context.Output<(TKey, TValue)>();
    }
}
