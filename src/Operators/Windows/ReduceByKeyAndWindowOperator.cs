using Millrace.Data;

namespace Millrace.Operators.Windows;

/// <summary>At every slide each key with the values of the last batches reduced to one; a batch is one epoch.</summary>
/// <remarks>
/// <para>After Spark's <c>reduceByKeyAndWindow</c>. State holds a reduced value per key and pane of gcd(window, slide) batches, never raw input.
/// A batch costs the keys that it holds and the (key, pane) pairs that expire, a slide the keys given out; all state is of its key.</para>
/// <para>Without inverse the panes of a key are reduced oldest first, by two stacks, and a key without values in the window is gone. With
/// inverse one value runs along per key: <c>reduce(it, new pane)</c> when a pane ends, <c>inverse(it, old pane)</c> behind the last window that
/// holds the pane. A key whose values have all left stays, with what the inverse makes of its value, until the filter refuses it. A refused
/// key is forgotten and starts from the panes that it still has when one of them leaves or a new one comes.</para>
/// <para>Of a type that can be changed the functions get copies, and copies are given out.</para>
/// </remarks>
public sealed class ReduceByKeyAndWindowOperator<TKey, TValue> : Operator, IInput<(TKey Key, TValue Value)>
{
    private readonly Func<TValue, TValue, TValue> _reduce;
    private readonly Func<TValue, TValue, TValue>? _inverse;
    private readonly Func<TKey, TValue, bool>? _filter;
    private readonly BatchWindow _window;
    private readonly Action<TKey, TValue> _giveOut;
    private ReducedWindow<TKey, TValue> _values = null!;
    private Output<(TKey Key, TValue Value)> _output = null!;

    /// <param name="reduce">Associative.</param>
    /// <param name="inverse">Takes the second value out of the first: <c>inverse(reduce(x, y), x)</c> is y.
    /// Null reduces every window from its panes.</param>
    /// <param name="windowBatches">Length of a window in batches, at least 1.</param>
    /// <param name="slideBatches">Batches from one window to the next, at least 1; when more than <paramref name="windowBatches"/>,
    /// those between windows are left out.</param>
    /// <param name="filter">Called at every slide for every key; a key for which it is false is not given out and, with an inverse,
    /// forgotten. Null refuses none.</param>
    public ReduceByKeyAndWindowOperator(
        Func<TValue, TValue, TValue> reduce,
        Func<TValue, TValue, TValue>? inverse,
        int windowBatches,
        int slideBatches,
        Func<TKey, TValue, bool>? filter = null)
    {
        ArgumentNullException.ThrowIfNull(reduce);
        (_reduce, _inverse, _filter) = (reduce, inverse, filter);
        _window = new(windowBatches, slideBatches);
        _giveOut = (key, value) => _output.Add((key, value));
    }

    /// <inheritdoc/>
    public void OnBatch(Batch<(TKey Key, TValue Value)> batch)
    {
        _values.Merge(Context.Epoch.Epoch.Number, batch.Rows);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        _values.EndBatch(epoch.Epoch.Number, _giveOut);
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _values = ReducedWindow<TKey, TValue>.Create(Context, _window, _reduce, _inverse, _filter);
        _output = Context.Output<(TKey, TValue)>();
    }
}
