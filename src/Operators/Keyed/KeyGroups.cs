using Millrace.State;

namespace Millrace.Operators.Keyed;

/// <summary>The values of each key of an epoch, in order of arrival: gathered and counted as they come, grouped once at the epoch's end.</summary>
/// <remarks>
/// Everything is scratch of the epoch and is cut back when a record that failed is taken back. A key that can't be hashed fails with its record.
/// </remarks>
internal sealed class KeyGroups<TKey, TValue>(IKeyedState state, string name = "received")
{
    private readonly ScratchList<(TKey Key, TValue Value)> _received = state.Scratch<(TKey, TValue)>(name);
    private readonly ValueTable<TKey, Group> _groups = state.Value<TKey, Group>($"{name} groups", transient: true);

    /// <summary>A key's values so far, in an array of their final number.</summary>
    private record struct Group(TValue[]? Values, int Count);

    internal void Add(ReadOnlySpan<(TKey Key, TValue Value)> rows)
    {
        foreach (var (key, _) in rows)
            _groups.GetOrAdd(key, out _).Count++;
        _received.AddRange(rows);
    }

    /// <summary>Gathers the values of each key in an array of just their number, which the receiver may keep.</summary>
    internal void Gather()
    {
        foreach (var (key, value) in _received.Rows)
        {
            ref var group = ref _groups.GetOrAdd(key, out _);
            if (group.Values is null)
                group = new Group(new TValue[group.Count], 0);
            group.Values![group.Count++] = value;
        }

        _received.Clear();
    }

    /// <summary>The values of a key; empty when it has none. Valid after <see cref="Gather"/>.</summary>
    internal TValue[] Of(TKey key) => _groups.TryGet(key, out var group) ? group.Values! : [];

    internal bool Has(TKey key) => _groups.TryGet(key, out _);

    /// <summary>The keys and their values, in no particular order. Valid after <see cref="Gather"/>.</summary>
    internal IEnumerable<(TKey Key, TValue[] Values)> All()
    {
        for (var groups = _groups.GetEnumerator(); groups.MoveNext();)
            yield return (groups.Current.Key, groups.Current.Value.Values!);
    }

    internal void Clear() => _groups.Clear();
}
