using Millrace.Data;

namespace Millrace.Operators.Windows;

/// <summary>At every slide all rows of the last batches on this partition reduced to one; a batch is one epoch.</summary>
/// <remarks>
/// After Spark's <c>reduceByWindow</c>: the window of a whole stream when it runs on one partition. It is a
/// <see cref="ReduceByKeyAndWindowOperator{TKey,TValue}"/> of a single key: nothing is given out before the first row was seen; then, without
/// inverse, nothing for an empty window, and with inverse always a value.
/// </remarks>
public sealed class ReduceByWindowOperator<T> : Operator, IInput<T>
{
    private readonly Func<T, T, T> _reduce;
    private readonly Func<T, T, T>? _inverse;
    private readonly BatchWindow _window;
    private readonly Action<int, T> _giveOut;
    private ReducedWindow<int, T> _value = null!;
    private Output<T> _output = null!;

    /// <param name="reduce">Associative.</param>
    /// <param name="inverse">Takes the second value out of the first: <c>inverse(reduce(x, y), x)</c> is y.
    /// Null reduces every window from its panes.</param>
    /// <param name="windowBatches">Length of a window in batches, at least 1.</param>
    /// <param name="slideBatches">Batches from one window to the next, at least 1; when more than <paramref name="windowBatches"/>,
    /// those between windows are left out.</param>
    public ReduceByWindowOperator(Func<T, T, T> reduce, Func<T, T, T>? inverse, int windowBatches, int slideBatches)
    {
        ArgumentNullException.ThrowIfNull(reduce);
        (_reduce, _inverse) = (reduce, inverse);
        _window = new(windowBatches, slideBatches);
        _giveOut = (_, value) => _output.Add(value);
    }

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        var number = Context.Epoch.Epoch.Number;
        if (_window.Holds(number))
            _value.Merge(number, [(0, Reduced(batch.Rows))]);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        _value.EndBatch(epoch.Epoch.Number, _giveOut);
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _value = ReducedWindow<int, T>.Create(Context, _window, _reduce, _inverse, filter: null);
        _output = Context.Output<T>();
    }

    private T Reduced(ReadOnlySpan<T> rows)
    {
        var reduced = rows[0];
        for (var row = 1; row < rows.Length; row++)
            reduced = _value.Reduce(reduced, rows[row]);
        return reduced;
    }
}
