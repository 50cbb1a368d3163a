using System.Diagnostics;
using Millrace.State;

namespace Millrace.Operators.Windows;

/// <summary>What each key holds in each pane that a window may still need. State of its key, so that it moves with the key group.</summary>
/// <remarks>
/// A table for each pane, in a ring: a pane takes the table of one that has expired. So putting and expiring cost one table operation
/// for each key of the pane; a map of panes for each key, with timers for their ends, takes several.
/// </remarks>
internal sealed class KeyedPanes<TKey, TContent>
{
    private readonly int _paneBatches;
    private readonly ValueTable<TKey, (long Pane, TContent Content)>[] _ring;
    private readonly List<(long Pane, TContent Content)> _found = [];

    /// <param name="state">Where the panes are kept.</param>
    /// <param name="window">The windows that need them.</param>
    /// <param name="isBatchwise">Whether a pane is one batch, even where a longer one would do.</param>
    internal KeyedPanes(IKeyedState state, BatchWindow window, bool isBatchwise = false)
    {
        _paneBatches = isBatchwise ? 1 : window.PaneBatches;
        var panes = isBatchwise ? window.PanesMax * window.PaneBatches : window.PanesMax;

        // Why named after the windows: the panes of others mean something else, and a restart with others must not take them for its own.
        _ring = [.. Enumerable.Range(0, panes).Select(slot => state.Value<TKey, (long Pane, TContent Content)>($"pane {slot} of {window}"))];
        foreach (var table in _ring)
            table.Hide();
    }

    /// <summary>Sets what a key holds in a pane that has ended, or anew.</summary>
    internal void Put(TKey key, long pane, TContent content) => TableOf(pane).Put(key, (pane, content));

    /// <summary>Whether a key has a pane.</summary>
    internal bool Has(TKey key)
    {
        foreach (var table in _ring)
        {
            if (table.TryGet(key, out _))
                return true;
        }

        return false;
    }

    /// <summary>What a key holds in one of its panes.</summary>
    internal TContent Of(TKey key, long pane)
    {
        var isFound = TableOf(pane).TryGet(key, out var found);
        Debug.Assert(isFound && found.Pane == pane, "a pane of the key");
        return found.Content;
    }

    /// <summary>The same at the end of an epoch, not older than the last committed one, when it had it.</summary>
    internal TContent Of(TKey key, long pane, long epoch)
    {
        var isFound = TableOf(pane).TryGetAt(key, epoch, out var found);
        Debug.Assert(isFound && found.Pane == pane, "a pane of the key");
        return found.Content;
    }

    /// <summary>The panes of a key, oldest first. The list is valid until the next call.</summary>
    internal List<(long Pane, TContent Content)> Of(TKey key)
    {
        _found.Clear();
        foreach (var table in _ring)
        {
            if (table.TryGet(key, out var found))
                _found.Add(found);
        }

        _found.Sort(static (left, right) => left.Pane.CompareTo(right.Pane));
        return _found;
    }

    /// <summary>Visits what keys hold in the panes that end from one batch to another, the oldest first; nothing changes meanwhile.</summary>
    internal void Visit(long firstBatch, long lastBatch, Action<TKey, TContent> visit)
    {
        var oldest = ((Math.Max(firstBatch, 1) + _paneBatches - 1) / _paneBatches) * _paneBatches;
        for (var pane = oldest; pane <= lastBatch; pane += _paneBatches)
        {
            for (var entries = TableOf(pane).GetEnumerator(); entries.MoveNext();)
            {
                var (key, (name, content)) = entries.Current;
                Debug.Assert(name == pane, "panes from before the window have expired");
                visit(key, content);
            }
        }
    }

    /// <summary>Removes all panes before one, the oldest first, and reports each with what it held, after it was removed.</summary>
    internal void ExpireBefore(long pane, Action<TKey, TContent> onExpired)
    {
        var newest = (pane - 1) / _paneBatches * _paneBatches;
        for (var old = Math.Max(_paneBatches, newest - ((_ring.Length - 1L) * _paneBatches)); old <= newest; old += _paneBatches)
        {
            for (var entries = TableOf(old).GetEnumerator(); entries.MoveNext();)
            {
                var (key, (name, content)) = entries.Current;

                // All of a table are of one pane: here of a newer one that has taken it over.
                if (name != old)
                    break;
                entries.Remove();
                onExpired(key, content);
            }
        }
    }

    private ValueTable<TKey, (long Pane, TContent Content)> TableOf(long pane) => _ring[(int)(pane / _paneBatches % _ring.Length)];
}
