using Millrace.Data;
using Millrace.Operators.Keyed;
using Millrace.State;

namespace Millrace.Operators.Windows;

/// <summary>At every slide each key that has values in the last batches, with a list of them, oldest first; a batch is one epoch.</summary>
/// <remarks>
/// After Spark's <c>groupByKeyAndWindow</c>. The receiver may keep a list; nobody changes it. A key without values in the window is gone.
/// State is each key's values by batch. A batch costs its rows and the (key, batch) pairs that expire, a slide its batches and the rows that it gives out.
/// </remarks>
public sealed class GroupByKeyAndWindowOperator<TKey, TValue> : Operator, IInput<(TKey Key, TValue Value)>
{
    private readonly BatchWindow _window;
    private KeyGroups<TKey, TValue> _groups = null!;
    private KeyedPanes<TKey, TValue[]> _panes = null!;
    private ValueTable<TKey, Joined> _joined = null!;
    private Output<(TKey Key, IReadOnlyList<TValue> Values)> _output = null!;
    private Func<TValue[], TValue[]>? _copy;

    /// <param name="windowBatches">Length of a window in batches, at least 1.</param>
    /// <param name="slideBatches">Batches from one window to the next, at least 1; when more than <paramref name="windowBatches"/>,
    /// those between windows are left out.</param>
    public GroupByKeyAndWindowOperator(int windowBatches, int slideBatches) => _window = new(windowBatches, slideBatches);

    /// <summary>A key's values in the window so far, in an array of their final number.</summary>
    private record struct Joined(TValue[]? Values, int Count);

    /// <inheritdoc/>
    public void OnBatch(Batch<(TKey Key, TValue Value)> batch)
    {
        if (_window.Holds(Context.Epoch.Epoch.Number))
            _groups.Add(batch.Rows);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        var batch = epoch.Epoch.Number;

        // Why a pane of one batch even where a longer one would do: joining arrays at the end of every batch copies them again and again.
        _groups.Gather();
        foreach (var (key, values) in _groups.All())
            _panes.Put(key, batch, values);
        _groups.Clear();
        if (!_window.IsDue(batch))
            return;

        // Why pane by pane: to ask each pane for each key would cost all keys times all panes, of which most hold few keys.
        var first = _window.FirstOf(batch);
        _panes.Visit(first, batch, (key, values) => _joined.GetOrAdd(key, out _).Count += values.Length);
        _panes.Visit(first, batch, Join);
        for (var keys = _joined.GetEnumerator(); keys.MoveNext();)
            _output.Add((keys.Current.Key, Given(keys.Current.Value.Values!)));
        _joined.Clear();
        _panes.ExpireBefore(_window.FirstOfNext(batch), static (_, _) => { });
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _groups = new(Context.State);
        _panes = new(Context.State, _window, isBatchwise: true);
        _joined = Context.State.Value<TKey, Joined>("joined", transient: true);
        _output = Context.Output<(TKey, IReadOnlyList<TValue>)>();
        _copy = StateCopy.OfItems<TValue>(Context.Operator);
    }

    private TValue[] Given(TValue[] values) => _copy is null ? values : _copy(values);

    private void Join(TKey key, TValue[] values)
    {
        ref var joined = ref _joined.GetOrAdd(key, out _);
        if (joined.Values is null)
        {
            // All that it has: nobody changes the array.
            if (joined.Count == values.Length)
            {
                joined.Values = values;
                return;
            }

            joined = new Joined(new TValue[joined.Count], 0);
        }

        values.CopyTo(joined.Values!, joined.Count);
        joined.Count += values.Length;
    }
}
