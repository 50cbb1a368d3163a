using System.Diagnostics;
using Millrace.State;

namespace Millrace.Operators.Windows;

/// <summary>What each key holds in each pane that a window may still need. State of its key, so that it moves with the key group.</summary>
/// <remarks>A pane that expires is found by a timer of its key, whose time is the pane's name: the cost is that of the panes that expire.</remarks>
internal sealed class KeyedPanes<TKey, TContent>(IKeyedState state)
{
    private readonly MapTable<TKey, long, TContent> _panes = state.Map<TKey, long, TContent>("panes");
    private readonly TimerTable<TKey> _expiries = state.Timers<TKey>("expiries");
    private readonly List<(long Pane, TContent Content)> _found = [];

    /// <summary>Sets what a key holds in a pane that has ended.</summary>
    internal void Put(TKey key, long pane, TContent content)
    {
        _panes.Put(key, pane, content);
        _expiries.Register(key, pane);
    }

    /// <summary>Sets anew what a key holds in one of its panes.</summary>
    internal void Replace(TKey key, long pane, TContent content) => _panes.Put(key, pane, content);

    /// <summary>Whether a key has a pane.</summary>
    internal bool Has(TKey key) => _panes.FieldCount(key) > 0;

    /// <summary>What a key holds in one of its panes.</summary>
    internal TContent Of(TKey key, long pane)
    {
        var isFound = _panes.TryGet(key, pane, out var content);
        Debug.Assert(isFound, "a pane of the key");
        return content!;
    }

    /// <summary>The panes of a key, oldest first. The list is valid until the next call.</summary>
    internal List<(long Pane, TContent Content)> Of(TKey key)
    {
        _found.Clear();
        foreach (var pane in _panes.Enumerate(key))
            _found.Add(pane);
        _found.Sort(static (left, right) => left.Pane.CompareTo(right.Pane));
        return _found;
    }

    /// <summary>Removes all panes before one, the oldest first, and reports each with what it held, after it was removed.</summary>
    internal void ExpireBefore(long pane, Action<TKey, TContent> onExpired) => _expiries.FireUntil(pane - 1, (key, expired) =>
    {
        var content = Of(key, expired);
        _panes.Remove(key, expired);
        onExpired(key, content);
    });
}
