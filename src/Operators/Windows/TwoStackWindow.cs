using Millrace.State;

namespace Millrace.Operators.Windows;

/// <summary>A window whose value is reduced from the panes that are in it, oldest first: for functions without an inverse.</summary>
/// <remarks>
/// Two stacks a key, after Tangwongsan, Hirzel and Schneider, <i>Low-Latency Sliding-Window Aggregation in Worst-Case Constant Time</i>
/// (DEBS 2017, section 2): panes come on the back stack, of which only the whole is kept reduced, and leave from the front stack, where
/// each holds itself and all newer ones of that stack reduced. When the front is empty the back is turned over. So a pane costs two
/// reductions at most, and a window one, however many panes it has.
/// </remarks>
internal sealed class TwoStackWindow<TKey, TValue> : ReducedWindow<TKey, TValue>
{
    private readonly Func<TKey, TValue, bool>? _filter;
    private readonly KeyedPanes<TKey, Pane> _panes;
    private readonly ValueTable<TKey, Stacks> _stacks;
    private readonly Action<TKey, Pane> _leave;

    internal TwoStackWindow(IOperatorContext context, BatchWindow window, Func<TValue, TValue, TValue> reduce, Func<TKey, TValue, bool>? filter)
        : base(context, window, reduce)
    {
        _filter = filter;
        _panes = new(context.State, window);
        _stacks = context.State.Value<TKey, Stacks>("stacks");
        _stacks.ShowAs((key, stacks, epoch) => ValueAt(epoch, key, stacks));
        _leave = Leave;
    }

    /// <summary>A key's pane.</summary>
    /// <param name="Value">On the back stack its own value, on the front stack reduced with all newer panes there.</param>
    /// <param name="Next">On the front stack the pane above which it lies, the next to leave; none for the newest and on the back stack.</param>
    private readonly record struct Pane(TValue Value, long? Next);

    /// <summary>A key's stacks; at least one holds a pane.</summary>
    /// <param name="First">Top of the front stack, the oldest pane; none when that stack is empty.</param>
    /// <param name="HasBack">Whether the back stack holds a pane.</param>
    /// <param name="Back">Its panes reduced.</param>
    private readonly record struct Stacks(long? First, bool HasBack, TValue Back);

    private protected override void EndPane(TKey key, long pane, TValue value)
    {
        _panes.Put(key, pane, new Pane(value, null));
        ref var stacks = ref _stacks.GetOrAdd(key, out _);
        stacks = new Stacks(stacks.First, true, stacks.HasBack ? Reduce(stacks.Back, value) : value);
    }

    private protected override void Slide(long batch, Action<TKey, TValue> giveOut)
    {
        for (var entries = _stacks.GetEnumerator(); entries.MoveNext();)
        {
            var (key, stacks) = entries.Current;
            var value = Copied(ValueOf(key, stacks));
            if (_filter is null || _filter(key, value))
                giveOut(key, value);
        }

        _panes.ExpireBefore(Window.FirstOfNext(batch), _leave);
    }

    private TValue ValueOf(TKey key, in Stacks stacks)
    {
        if (stacks.First is not { } first)
            return stacks.Back;
        var front = _panes.Of(key, first).Value;
        return stacks.HasBack ? Reduce(front, stacks.Back) : front;
    }

    private TValue ValueAt(long epoch, TKey key, in Stacks stacks)
    {
        if (stacks.First is not { } first)
            return stacks.Back;
        var front = _panes.Of(key, first, epoch).Value;
        return stacks.HasBack ? Reduce(front, stacks.Back) : front;
    }

    /// <summary>The oldest pane of a key has left.</summary>
    private void Leave(TKey key, Pane left)
    {
        _stacks.TryGet(key, out var stacks);
        if (left.Next is not null)
            _stacks.Put(key, stacks with { First = left.Next });
        else if (_panes.Has(key))
            _stacks.Put(key, new Stacks(TurnOver(key), false, default!));
        else
            _stacks.Remove(key);
    }

    /// <summary>Makes the back stack the front stack.</summary>
    /// <returns>The oldest pane.</returns>
    private long? TurnOver(TKey key)
    {
        var back = _panes.Of(key);
        var reduced = default(TValue)!;
        long? newer = null;
        for (var index = back.Count - 1; index >= 0; index--)
        {
            var (pane, (value, _)) = back[index];
            reduced = newer is null ? value : Reduce(value, reduced);
            _panes.Put(key, pane, new Pane(reduced, newer));
            newer = pane;
        }

        return newer;
    }
}
