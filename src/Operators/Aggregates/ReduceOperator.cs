using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Aggregates;

/// <summary>All rows of the epoch on this partition reduced to one, given out at the end of the epoch; nothing when there were none.</summary>
public sealed class ReduceOperator<T>(Func<T, T, T> reduce) : Operator, IInput<T>
{
    private ValueTable<int, T> _reduced = null!;
    private Output<T> _output = null!;

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        var rows = batch.Rows;
        var reduced = rows[0];
        for (var row = 1; row < rows.Length; row++)
            reduced = reduce(reduced, rows[row]);
        if (_reduced.TryGet(0, out var before))
            reduced = reduce(before, reduced);
        _reduced.Put(0, reduced);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        if (_reduced.TryGet(0, out var reduced))
            _output.Add(reduced);
        _reduced.Clear();
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _reduced = Context.State.Value<int, T>("reduced", transient: true);
        _output = Context.Output<T>();
    }
}
