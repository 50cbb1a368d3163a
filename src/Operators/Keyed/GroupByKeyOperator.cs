using Millrace.Data;

namespace Millrace.Operators.Keyed;

/// <summary>The values of each key of an epoch as a list, given out at the end of the epoch; values in order of arrival.</summary>
/// <remarks>After Spark's <c>groupByKey</c>. The receiver may keep a list; nobody changes it.</remarks>
public sealed class GroupByKeyOperator<TKey, TValue> : Operator, IInput<(TKey Key, TValue Value)>
{
    private KeyGroups<TKey, TValue> _groups = null!;
    private Output<(TKey Key, IReadOnlyList<TValue> Values)> _output = null!;

    /// <inheritdoc/>
    public void OnBatch(Batch<(TKey Key, TValue Value)> batch)
    {
        _groups.Add(batch.Rows);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        _groups.Gather();
        foreach (var (key, values) in _groups.All())
            _output.Add((key, values));
        _groups.Clear();
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _groups = new(Context.State);
        _output = Context.Output<(TKey, IReadOnlyList<TValue>)>();
    }
}
