using Millrace.State;

namespace Millrace.Operators.Windows;

/// <summary>A window whose value is reduced from its panes anew at every slide: for functions without an inverse.</summary>
internal sealed class RecomputedWindow<TKey, TValue>(
    IKeyedState state, BatchWindow window, Func<TValue, TValue, TValue> reduce, Func<TKey, TValue, bool>? filter)
    : ReducedWindow<TKey, TValue>(state, window, reduce)
{
    private readonly ListedPanes<TKey, TValue> _panes = new(state);

    private protected override void EndPane(TKey key, long pane, TValue value) => _panes.Put(key, pane, value);

    private protected override void Slide(long batch, Action<TKey, TValue> giveOut)
    {
        for (var keys = _panes.Keys(); keys.MoveNext();)
        {
            var key = keys.Current.Key;
            var value = ReduceAll(_panes.Of(key));
            if (filter is null || filter(key, value))
                giveOut(key, value);
        }

        _panes.ExpireBefore(Window.FirstOfNext(batch));
    }
}
