using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Aggregates;

/// <summary>The number of rows on this partition, given out at the end of every due epoch, also when it is 0.</summary>
/// <remarks>After Spark's <c>count</c>, which gives 0 for an empty batch.</remarks>
public sealed class CountOperator<T> : Operator, IInput<T>
{
    private readonly int _every;
    private ValueTable<int, long> _count = null!;
    private Output<long> _output = null!;

    /// <param name="every">Epochs per output, at least 1, which is the default: an epoch is due when its number is a multiple.
    /// Rows come in due epochs only.</param>
    public CountOperator(int every = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        _every = every;
    }

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        _count.GetOrAdd(0, out _) += batch.Count;
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        if (epoch.Epoch.Number % _every != 0)
            return;
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
