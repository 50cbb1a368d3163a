using Millrace.State;

namespace Millrace.Operators.Windows;

/// <summary>A window whose value is the one before, less the panes that left, and the panes that came: for functions with an inverse.</summary>
/// <remarks>
/// After Spark's <c>ReducedWindowedDStream</c> and Zaharia et al., <i>Discretized Streams</i> (SOSP 2013): inverse(before, the old panes
/// reduced), then reduce(that, the new panes reduced). A key whose panes have all left keeps what the inverse made of its value, unless the
/// filter refuses it: then its value is forgotten. Its panes leave in their time; when they or new ones change its value meanwhile it is
/// reduced from those that it has.
/// </remarks>
internal sealed class RunningWindow<TKey, TValue> : ReducedWindow<TKey, TValue>
{
    private readonly Func<TValue, TValue, TValue> _inverse;
    private readonly Func<TKey, TValue, bool>? _filter;
    private readonly KeyedPanes<TKey, TValue> _panes;
    private readonly ValueTable<TKey, TValue> _running;
    private readonly ValueTable<TKey, TValue> _came;
    private readonly ValueTable<TKey, TValue> _left;
    private readonly Action<TKey, TValue> _leave;

    internal RunningWindow(
        IKeyedState state, BatchWindow window, Func<TValue, TValue, TValue> reduce, Func<TValue, TValue, TValue> inverse, Func<TKey, TValue, bool>? filter)
        : base(state, window, reduce)
    {
        (_inverse, _filter) = (inverse, filter);
        _panes = new(state, window.PaneBatches, window.PanesMax);
        _running = state.Value<TKey, TValue>("running");
        _came = state.Value<TKey, TValue>("came", transient: window.SlidePanes == 1);
        _left = state.Value<TKey, TValue>("left", transient: true);
        _leave = (key, value) => Add(_left, key, value);
    }

    private protected override void EndPane(TKey key, long pane, TValue value)
    {
        _panes.Put(key, pane, value);
        Add(_came, key, value);
    }

    private protected override void Slide(long batch, Action<TKey, TValue> giveOut)
    {
        _panes.ExpireBefore(Window.FirstOf(batch), _leave);
        foreach (var (key, came) in _came)
            Change(key, came, hasCome: true);
        foreach (var (key, _) in _left)
        {
            if (!_came.TryGet(key, out _))
                Change(key, default!, hasCome: false);
        }

        _came.Clear();
        _left.Clear();
        for (var entries = _running.GetEnumerator(); entries.MoveNext();)
        {
            var (key, value) = entries.Current;
            if (_filter is null || _filter(key, value))
                giveOut(key, value);
            else
                entries.Remove();
        }
    }

    private void Change(TKey key, TValue came, bool hasCome)
    {
        if (!_running.TryGet(key, out var value))
        {
            if (_panes.Has(key))
                _running.Put(key, ReduceAll(key));
            return;
        }

        if (_left.TryGet(key, out var left))
            value = _inverse(value, left);
        _running.Put(key, hasCome ? Reduce(value, came) : value);
    }

    /// <summary>The panes of a key reduced, oldest first; it has one.</summary>
    private TValue ReduceAll(TKey key)
    {
        var panes = _panes.Of(key);
        var reduced = panes[0].Content;
        for (var pane = 1; pane < panes.Count; pane++)
            reduced = Reduce(reduced, panes[pane].Content);
        return reduced;
    }

    private void Add(ValueTable<TKey, TValue> table, TKey key, TValue value)
    {
        ref var sum = ref table.GetOrAdd(key, out var existed);
        sum = existed ? Reduce(sum, value) : value;
    }
}
