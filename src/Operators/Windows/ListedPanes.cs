using Millrace.State;

namespace Millrace.Operators.Windows;

/// <summary>Panes by key, along with the keys that have any. A pane is a batch.</summary>
internal sealed class ListedPanes<TKey, TContent>(IKeyedState state, BatchWindow window)
{
    private readonly KeyedPanes<TKey, TContent> _panes = new(state, window, isBatchwise: true);
    private readonly ValueTable<TKey, bool> _keys = state.Value<TKey, bool>("keys");

    /// <inheritdoc cref="KeyedPanes{TKey,TContent}.Put"/>
    internal void Put(TKey key, long pane, TContent content)
    {
        _panes.Put(key, pane, content);
        if (!_keys.TryGet(key, out _))
            _keys.Put(key, true);
    }

    /// <inheritdoc cref="KeyedPanes{TKey,TContent}.Of(TKey)"/>
    internal List<(long Pane, TContent Content)> Of(TKey key) => _panes.Of(key);

    /// <summary>The keys that have panes, in no particular order; nothing changes meanwhile.</summary>
    internal ValueTableEnumerator<TKey, bool> Keys() => _keys.GetEnumerator();

    /// <summary>Removes all panes before one, and the keys that have no other.</summary>
    internal void ExpireBefore(long pane) => _panes.ExpireBefore(pane, (key, _) =>
    {
        if (!_panes.Has(key))
            _keys.Remove(key);
    });
}
