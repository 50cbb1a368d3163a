using Millrace.State;

namespace Millrace.Operators.Windows;

/// <summary>One value per key over the batches of a sliding window, by panes of reduced values; raw input is never kept.</summary>
/// <remarks>The open pane is reduced as the rows come; when it ends it becomes what its keys hold in it. How a window's value comes of
/// its panes is for the two classes derived from this: from those that are in it, or from the window before.</remarks>
internal abstract class ReducedWindow<TKey, TValue>
{
    private readonly ValueTable<TKey, TValue> _open;

    private protected ReducedWindow(IKeyedState state, BatchWindow window, Func<TValue, TValue, TValue> reduce)
    {
        Window = window;
        Reduce = reduce;
        _open = state.Value<TKey, TValue>("open", transient: window.PaneBatches == 1);
    }

    private protected BatchWindow Window { get; }

    private protected Func<TValue, TValue, TValue> Reduce { get; }

    internal static ReducedWindow<TKey, TValue> Create(
        IKeyedState state, BatchWindow window, Func<TValue, TValue, TValue> reduce, Func<TValue, TValue, TValue>? inverse, Func<TKey, TValue, bool>? filter) =>
        inverse is null
            ? new TwoStackWindow<TKey, TValue>(state, window, reduce, filter)
            : new RunningWindow<TKey, TValue>(state, window, reduce, inverse, filter);

    /// <summary>Takes rows of a batch.</summary>
    internal void Merge(long batch, ReadOnlySpan<(TKey Key, TValue Value)> rows)
    {
        if (Window.Holds(batch))
            _open.Merge(rows, Reduce);
    }

    /// <summary>Ends a batch, and gives a window out where one ends with it.</summary>
    internal void EndBatch(long batch, Action<TKey, TValue> giveOut)
    {
        if (!Window.EndsPane(batch))
            return;
        foreach (var (key, value) in _open)
            EndPane(key, batch, value);
        _open.Clear();
        if (Window.IsDue(batch))
            Slide(batch, giveOut);
    }

    /// <summary>A pane has ended in which a key has a value.</summary>
    private protected abstract void EndPane(TKey key, long pane, TValue value);

    /// <summary>Brings the keys' values forward to the window that ends with a batch, and gives them out.</summary>
    private protected abstract void Slide(long batch, Action<TKey, TValue> giveOut);
}
