using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Aggregates;

/// <summary>The number of the epoch's rows on this partition, given out at the end of every epoch, also when it is 0.</summary>
public sealed class CountOperator<T> : Operator, IInput<T>
{
    private ValueTable<int, long> _count = null!;
    private Output<long> _output = null!;

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        _count.GetOrAdd(0, out _) += batch.Count;
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        _output.Add(_count.TryGet(0, out var count) ? count : 0);
        _count.Clear();
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _count = Context.State.Value<int, long>("count", transient: true);
        _output = Context.Output<long>();
    }
}
