using Millrace.State;

namespace Millrace.Operators.Windows;

/// <summary>A window whose value is the one before, less the panes that left, and the panes that came: for functions with an inverse.</summary>
/// <remarks>
/// After Spark's <c>ReducedWindowedDStream</c> and Zaharia et al., <i>Discretized Streams</i> (SOSP 2013); a pane is put in when it ends and
/// taken out behind the last window that holds it, each by itself. A key whose panes have all left keeps what the inverse made of its value,
/// unless the filter refuses it: then its value is forgotten. Its panes leave in their time; when they or new ones change its value meanwhile
/// it is reduced from those that it has.
/// </remarks>
internal sealed class RunningWindow<TKey, TValue> : ReducedWindow<TKey, TValue>
{
    private readonly Func<TValue, TValue, TValue> _inverse;
    private readonly Func<TKey, TValue, bool>? _filter;
    private readonly KeyedPanes<TKey, TValue> _panes;
    private readonly ValueTable<TKey, TValue> _running;
    private readonly Action<TKey, TValue> _leave;
    private readonly List<TKey> _leftUnseen = [];

    internal RunningWindow(
        IOperatorContext context, BatchWindow window, Func<TValue, TValue, TValue> reduce, Func<TValue, TValue, TValue> inverse, Func<TKey, TValue, bool>? filter)
        : base(context, window, reduce)
    {
        (_inverse, _filter) = (StateCopy.Guard(inverse, context.Operator), filter);
        _panes = new(context.State, window);
        _running = context.State.Value<TKey, TValue>("running");
        _leave = Leave;
    }

    private protected override void EndPane(TKey key, long pane, TValue value)
    {
        _panes.Put(key, pane, value);
        ref var running = ref _running.GetOrAdd(key, out var existed);
        running = existed ? Reduce(running, value) : ReduceAll(key);
    }

    private protected override void Slide(long batch, Action<TKey, TValue> giveOut)
    {
        for (var entries = _running.GetEnumerator(); entries.MoveNext();)
        {
            var (key, value) = entries.Current;
            var given = Copied(value);
            if (_filter is null || _filter(key, given))
                giveOut(key, given);
            else
                entries.Remove();
        }

        _leftUnseen.Clear();
        _panes.ExpireBefore(Window.FirstOfNext(batch), _leave);
        foreach (var key in _leftUnseen)
        {
            if (_panes.Has(key))
                _running.Put(key, ReduceAll(key));
        }
    }

    private void Leave(TKey key, TValue left)
    {
        ref var running = ref _running.GetOrAdd(key, out var existed);
        if (existed)
        {
            running = _inverse(running, left);
            return;
        }

        _running.Remove(key);
        _leftUnseen.Add(key);
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
}
