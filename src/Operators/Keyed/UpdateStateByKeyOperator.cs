using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Keyed;

/// <summary>A state per key, brought forward at the end of every epoch by a function of the epoch's values and the old state.</summary>
/// <remarks>The function is called for every key that has a state or values; none forgets the key. After Spark's <c>updateStateByKey</c>.</remarks>
public sealed class UpdateStateByKeyOperator<TKey, TValue, TState>(Func<IReadOnlyList<TValue>, Option<TState>, Option<TState>> update)
    : Operator, IInput<(TKey Key, TValue Value)>
{
    private ScratchList<(TKey Key, TValue Value)> _received = null!;
    private ValueTable<TKey, Group> _groups = null!;
    private ValueTable<TKey, TState> _states = null!;
    private Output<(TKey Key, TState State)> _output = null!;
    private readonly List<(TKey Key, TValue[] Values)> _fresh = [];

    /// <summary>A key's values in the epoch, in order of arrival.</summary>
    private record struct Group(TValue[]? Values, int Count);

    /// <inheritdoc/>
    public void OnBatch(Batch<(TKey Key, TValue Value)> batch)
    {
        _received.AddRange(batch.Rows);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        GroupValues();
        for (var entries = _states.GetEnumerator(); entries.MoveNext();)
        {
            var (key, state) = entries.Current;
            var next = Update(key, _groups.TryGet(key, out var group) ? group.Values! : [], state);
            if (!next.HasValue)
                entries.Remove();
            else
            {
                entries.Set(next.Value);
                _output.Add((key, next.Value));
            }
        }

        foreach (var (key, values) in _fresh)
        {
            var next = Update(key, values, Option<TState>.None);
            if (next.HasValue)
            {
                _states.Put(key, next.Value);
                _output.Add((key, next.Value));
            }
        }

        _groups.Clear();
        OnRollBack();
        _output.Flush();
    }

    /// <inheritdoc/>
    public override void OnRollBack() => _fresh.Clear();

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _received = Context.State.Scratch<(TKey, TValue)>("received");
        _groups = Context.State.Value<TKey, Group>("groups", transient: true);
        _states = Context.State.Value<TKey, TState>("states");
        _output = Context.Output<(TKey, TState)>();
    }

    // Counts the values of each key, then gathers them in arrays of just that length, which the function may keep.
    private void GroupValues()
    {
        var rows = _received.Rows;
        foreach (var (key, _) in rows)
            _groups.GetOrAdd(key, out _).Count++;
        foreach (var (key, value) in rows)
        {
            ref var group = ref _groups.GetOrAdd(key, out _);
            if (group.Values is null)
                group = new Group(new TValue[group.Count], 0);
            group.Values![group.Count++] = value;
        }

        _received.Clear();
        foreach (var (key, group) in _groups)
        {
            if (!_states.TryGet(key, out _))
                _fresh.Add((key, group.Values!));
        }
    }

    private Option<TState> Update(TKey key, IReadOnlyList<TValue> values, Option<TState> state)
    {
        try
        {
            return update(values, state);
        }
        catch (Exception cause) when (cause is not MillraceException)
        {
            throw new UserFunctionException($"Operator {Context.Operator} threw {cause.GetType().Name} for key {key}: {cause.Message.ReplaceLineEndings(" ")}", cause) { Operator = Context.Operator };
        }
    }
}
