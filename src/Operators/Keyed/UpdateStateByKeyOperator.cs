using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Keyed;

/// <summary>A state per key, brought forward at the end of every due epoch by a function of the epoch's values and the old state.</summary>
/// <remarks>
/// <para>After Spark's <c>updateStateByKey</c>. The function is called for every key that has a state or values; none forgets the key. Every
/// state is given out in every due epoch. It has no record to leave out: when the function throws three times the job fails.</para>
/// <para>A state may be changed in place, by the function and by whoever is given it: the function gets a copy where its type lets it be
/// changed (<see cref="StateCopy"/>), and what it returns is kept as another; for every key in every due epoch, a record costs none.</para>
/// <para>Port 0 takes the values. Port 1 takes initial states: the front end feeds it once, in the first epoch, with just those keys that
/// this partition owns. Such a row is the key's old state in the next due epoch; of several for one key the last counts.</para>
/// </remarks>
public sealed partial class UpdateStateByKeyOperator<TKey, TValue, TState> : Operator, IInput<(TKey Key, TValue Value)>
{
    private readonly Func<long, TKey, IReadOnlyList<TValue>, Option<TState>, Option<TState>>? _update;
    private readonly int _every;
    private readonly InputPort<(TKey Key, TState State)> _initialPort;
    private readonly List<(TKey Key, TValue[] Values)> _fresh = [];
    private KeyGroups<TKey, TValue> _groups = null!;
    private ValueTable<TKey, TState> _states = null!;
    private Output<(TKey Key, TState State)> _output = null!;
    private Func<TState, TState>? _copy;

    /// <summary>The operator for a function of values and state.</summary>
    /// <param name="update">Called for every key in every due epoch, with its values in order of arrival, which it may keep, and its state;
    /// the new state, or none to forget the key.</param>
    /// <param name="every">As in the other form.</param>
    public UpdateStateByKeyOperator(Func<IReadOnlyList<TValue>, Option<TState>, Option<TState>> update, int every = 1)
        : this(every)
    {
        ArgumentNullException.ThrowIfNull(update);
        _update = (_, _, values, state) => update(values, state);
    }

    /// <summary>The operator for a function of time, key, values and state.</summary>
    /// <param name="update">Called for every key in every due epoch, with the epoch's processing time in milliseconds since the Unix epoch,
    /// the key, its values in order of arrival, which it may keep, and its state; the new state, or none to forget the key.</param>
    /// <param name="every">Epochs per update, at least 1, which is the default: an epoch is due when its number is a multiple.
    /// Values come in due epochs only.</param>
    public UpdateStateByKeyOperator(Func<long, TKey, IReadOnlyList<TValue>, Option<TState>, Option<TState>> update, int every = 1)
        : this(every)
    {
        ArgumentNullException.ThrowIfNull(update);
        _update = update;
    }

    private UpdateStateByKeyOperator(int every)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        _every = every;
        _initialPort = new(PutInitial);
    }

    /// <inheritdoc/>
    public override IInput<T> Input<T>(int port) => port == 1 && _initialPort is IInput<T> initial ? initial : base.Input<T>(port);

    /// <inheritdoc/>
    public void OnBatch(Batch<(TKey Key, TValue Value)> batch)
    {
        _groups.Add(batch.Rows);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        if (epoch.Epoch.Number % _every != 0)
            return;
        _groups.Gather();
        if (_update is not null)
            UpdateEach(epoch.NowMs, _update);
        else
            UpdateAll(_updateAll!);
        _groups.Clear();
        OnRollBack();
        _output.Flush();
    }

    /// <inheritdoc/>
    public override void OnRollBack() => _fresh.Clear();

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _groups = new(Context.State);
        _states = Context.State.Value<TKey, TState>("states");
        _next = _updateAll is null ? null : Context.State.Value<TKey, TState>("next", transient: true);
        _output = Context.Output<(TKey, TState)>();
        _copy = StateCopy.Of<TState>(Context.Operator);
    }

    private void PutInitial(ReadOnlySpan<(TKey Key, TState State)> rows)
    {
        foreach (var (key, state) in rows)
            _states.Put(key, state);
    }

    private void UpdateEach(long nowMs, Func<long, TKey, IReadOnlyList<TValue>, Option<TState>, Option<TState>> update)
    {
        foreach (var (key, values) in _groups.All())
        {
            if (!_states.TryGet(key, out _))
                _fresh.Add((key, values));
        }

        for (var entries = _states.GetEnumerator(); entries.MoveNext();)
        {
            var (key, state) = entries.Current;
            if (Call(update, nowMs, key, _groups.Of(key), Copied(state)).TryGet(out var next))
            {
                entries.Set(Copied(next));
                _output.Add((key, next));
            }
            else
            {
                entries.Remove();
            }
        }

        foreach (var (key, values) in _fresh)
        {
            if (Call(update, nowMs, key, values, Option<TState>.None).TryGet(out var next))
            {
                _states.Put(key, Copied(next));
                _output.Add((key, next));
            }
        }
    }

    private TState Copied(TState state) => _copy is null ? state : _copy(state);

    private Option<TState> Call(
        Func<long, TKey, IReadOnlyList<TValue>, Option<TState>, Option<TState>> update, long nowMs, TKey key, TValue[] values, Option<TState> state)
    {
        try
        {
            return update(nowMs, key, values, state);
        }
        catch (Exception cause) when (cause is not UserFunctionException)
        {
            throw KeyedFailure.Of(Context.Operator, key, cause);
        }
    }
}
