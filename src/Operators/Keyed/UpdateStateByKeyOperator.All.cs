using Millrace.Data;
using Millrace.Operators.Stateless;
using Millrace.State;

namespace Millrace.Operators.Keyed;

/// <content>The form whose function sees all keys of the partition at once.</content>
public sealed partial class UpdateStateByKeyOperator<TKey, TValue, TState>
{
    private readonly Func<IEnumerable<(TKey Key, IReadOnlyList<TValue> Values, Option<TState> State)>, IEnumerable<(TKey Key, TState State)>>? _updateAll;
    private ValueTable<TKey, TState>? _next;

    /// <summary>The operator for a function of all keys of the partition, Spark's iterator form.</summary>
    /// <param name="updateAll">Called once in every due epoch, also when there is no key. It is given every key that has values or a state, and
    /// returns the keys that have a state from now on: others are forgotten, of several for one key the last counts. What it is given can be read
    /// only until its result has been read to the end; the lists of values may be kept. Null instead of a sequence is an error.</param>
    /// <param name="every">Epochs per update, at least 1, which is the default: an epoch is due when its number is a multiple.
    /// Values come in due epochs only.</param>
    public UpdateStateByKeyOperator(
        Func<IEnumerable<(TKey Key, IReadOnlyList<TValue> Values, Option<TState> State)>, IEnumerable<(TKey Key, TState State)>> updateAll, int every = 1)
        : this(every)
    {
        ArgumentNullException.ThrowIfNull(updateAll);
        _updateAll = updateAll;
    }

    private void UpdateAll(Func<IEnumerable<(TKey Key, IReadOnlyList<TValue> Values, Option<TState> State)>, IEnumerable<(TKey Key, TState State)>> updateAll)
    {
        // Read to the end before anything changes: the function may be lazy.
        var next = _next!;
        foreach (var (key, state) in RowSequence.NotNull(updateAll(Present())))
            next.Put(key, state);
        for (var entries = _states.GetEnumerator(); entries.MoveNext();)
        {
            if (!next.TryGet(entries.Current.Key, out _))
                entries.Remove();
        }

        foreach (var (key, state) in next)
        {
            _states.Put(key, Copied(state));
            _output.Add((key, state));
        }

        next.Clear();
    }

    private IEnumerable<(TKey Key, IReadOnlyList<TValue> Values, Option<TState> State)> Present()
    {
        for (var entries = _states.GetEnumerator(); entries.MoveNext();)
            yield return (entries.Current.Key, _groups.Of(entries.Current.Key), Copied(entries.Current.Value));
        foreach (var (key, values) in _groups.All())
        {
            if (!_states.TryGet(key, out _))
                yield return (key, values, Option<TState>.None);
        }
    }
}
