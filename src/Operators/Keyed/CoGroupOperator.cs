using Millrace.Data;

namespace Millrace.Operators.Keyed;

/// <summary>Brings the values together that two streams have for a key in an epoch: one call for each key of either stream at the epoch's end.</summary>
/// <remarks>
/// Port 0 takes the left rows, port 1 the right ones. After Spark's <c>cogroup</c>; the joins are functions of the two lists:
/// the inner join adds every pair, an outer join puts none in the place of the empty side.
/// </remarks>
public sealed class CoGroupOperator<TKey, TLeft, TRight, TResult> : Operator, IInput<(TKey Key, TLeft Value)>
{
    private readonly Action<TKey, IReadOnlyList<TLeft>, IReadOnlyList<TRight>, Output<TResult>> _combine;
    private readonly InputPort<(TKey Key, TRight Value)> _rightPort;
    private KeyGroups<TKey, TLeft> _left = null!;
    private KeyGroups<TKey, TRight> _right = null!;
    private Output<TResult> _output = null!;

    /// <param name="combine">Called with a key, its left and its right values in order of arrival; at most one list is empty. It may keep
    /// the lists and adds its rows to the output. When it throws three times the job fails: it has no record to leave out.</param>
    public CoGroupOperator(Action<TKey, IReadOnlyList<TLeft>, IReadOnlyList<TRight>, Output<TResult>> combine)
    {
        ArgumentNullException.ThrowIfNull(combine);
        _combine = combine;
        _rightPort = new(rows => _right.Add(rows));
    }

    /// <inheritdoc/>
    public override IInput<T> Input<T>(int port) => port == 1 && _rightPort is IInput<T> right ? right : base.Input<T>(port);

    /// <inheritdoc/>
    public void OnBatch(Batch<(TKey Key, TLeft Value)> batch)
    {
        _left.Add(batch.Rows);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        _left.Gather();
        _right.Gather();
        foreach (var (key, values) in _left.All())
            _combine(key, values, _right.Of(key), _output);
        foreach (var (key, values) in _right.All())
        {
            if (!_left.Has(key))
                _combine(key, [], values, _output);
        }

        _left.Clear();
        _right.Clear();
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _left = new(Context.State, "left");
        _right = new(Context.State, "right");
        _output = Context.Output<TResult>();
    }
}
