using Millrace.State;

namespace Millrace.Operators.Windows;

/// <summary>One value per key over the batches of a sliding window, by panes of reduced values; raw input is never kept.</summary>
/// <remarks>The open pane is reduced as the rows come; when it ends it becomes what its keys hold in it. How a window's value comes of
/// its panes is for the two classes derived from this: from those that are in it, or from the window before.</remarks>
internal abstract class ReducedWindow<TKey, TValue>
{
    private readonly ValueTable<TKey, TValue> _open;
    private readonly Func<TValue, TValue>? _copy;

    private protected ReducedWindow(IOperatorContext context, BatchWindow window, Func<TValue, TValue, TValue> reduce)
    {
        Window = window;
        Reduce = StateCopy.Guard(reduce, context.Operator);
        _copy = StateCopy.Of<TValue>(context.Operator);
        _open = context.State.Value<TKey, TValue>("open", transient: window.PaneBatches == 1);
    }

    private protected BatchWindow Window { get; }

    /// <summary>The user's function, which gets copies where the type lets values be changed.</summary>
    internal Func<TValue, TValue, TValue> Reduce { get; }

    internal static ReducedWindow<TKey, TValue> Create(
        IOperatorContext context, BatchWindow window, Func<TValue, TValue, TValue> reduce, Func<TValue, TValue, TValue>? inverse, Func<TKey, TValue, bool>? filter) =>
        inverse is null
            ? new TwoStackWindow<TKey, TValue>(context, window, reduce, filter)
            : new RunningWindow<TKey, TValue>(context, window, reduce, inverse, filter);

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
            EndPane(key, batch, Copied(value));
        _open.Clear();
        if (Window.IsDue(batch))
            Slide(batch, giveOut);
    }

    /// <summary>What stands in state is nobody else's: what comes in and goes out is a copy where the type lets it be changed.</summary>
    private protected TValue Copied(TValue value) => _copy is null ? value : _copy(value);

    /// <summary>A pane has ended in which a key has a value.</summary>
    private protected abstract void EndPane(TKey key, long pane, TValue value);

    /// <summary>Brings the keys' values forward to the window that ends with a batch, and gives them out.</summary>
    private protected abstract void Slide(long batch, Action<TKey, TValue> giveOut);
}
