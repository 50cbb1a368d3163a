using System.Diagnostics;
using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Keyed;

/// <summary>Each record mapped by a function that reads and changes the state of its key, in order of arrival; idle keys may time out.</summary>
/// <remarks>
/// <para>After Spark's <c>mapWithState</c>. Unlike <see cref="UpdateStateByKeyOperator{TKey,TValue,TState}"/> it visits only the keys that
/// records touch. What the function returns goes to port 0. A record on which it throws leaves no trace in the state.</para>
/// <para>Port 0 takes the records. Port 1 exists where initial states are asked for: the front end feeds it once, in epoch 1, with just those
/// keys that this partition owns. They are there before the first record: the records of epoch 1 wait for its end, where an error of the
/// function fails the job. Of several states for one key the last counts; it is touched at that epoch's time.</para>
/// <para>A key is touched when a record finds or leaves it with a state. One that was last touched more than the timeout before the time of a
/// due epoch gets, at that epoch's end, one call without a value in which <see cref="State{TState}.IsTimingOut"/> is true, and is then
/// forgotten; the key that was touched first comes first. Spark looks for such keys only when it writes a checkpoint, this operator in every due epoch.</para>
/// <para>A state may be changed in place: the function is given a copy where its type lets it be changed (<see cref="StateCopy"/>), and a copy
/// that it has asked for is kept as if it were updated. A state of a type that can't be changed costs nothing to read.</para>
/// <para>All is state of its key, rolled back with the record or the epoch. A key has one timer, moved on when it fires too early.</para>
/// </remarks>
public sealed class MapWithStateOperator<TKey, TValue, TState, TResult> : Operator, IInput<(TKey Key, TValue Value)>
{
    private readonly Func<long, TKey, Option<TValue>, State<TState>, Option<TResult>> _map;
    private readonly long? _timeoutMs;
    private readonly bool _givesSnapshots;
    private readonly int _every;
    private readonly InputPort<(TKey Key, TState State)>? _initialPort;
    private readonly State<TState> _state = new();
    private readonly Action<TKey, long> _onTimer;
    private ValueTable<TKey, Held> _held = null!;
    private TimerTable<TKey>? _timers;
    private ScratchList<(TKey Key, TValue Value)>? _waiting;
    private Output<TResult> _output = null!;
    private Func<TState, TState>? _copy;
    private Output<(TKey Key, TState State)>? _snapshots;

    /// <param name="map">Called with the epoch's processing time in milliseconds since the Unix epoch, the key, the record's value and the
    /// key's state, which it must not keep; none where the record gives out nothing.</param>
    /// <param name="timeoutMs">How long a key may be idle, in milliseconds, 0 or more. Null, the default, keeps keys for ever.</param>
    /// <param name="takesInitialStates">Whether port 1 takes initial states. Default false.</param>
    /// <param name="givesSnapshots">Whether the whole table is given out on port 1 at the end of every due epoch, which costs all keys. Default false.</param>
    /// <param name="every">Epochs per batch of the stream, at least 1, which is the default: an epoch is due when its number is a
    /// multiple. Records come in due epochs only.</param>
    public MapWithStateOperator(
        Func<long, TKey, Option<TValue>, State<TState>, Option<TResult>> map,
        long? timeoutMs = null,
        bool takesInitialStates = false,
        bool givesSnapshots = false,
        int every = 1)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentOutOfRangeException.ThrowIfNegative(timeoutMs ?? 0);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        (_map, _timeoutMs, _givesSnapshots, _every) = (map, timeoutMs, givesSnapshots, every);
        _initialPort = takesInitialStates ? new(PutInitial) : null;
        _onTimer = OnTimer;
    }

    /// <summary>What a key holds.</summary>
    /// <param name="State">Its state.</param>
    /// <param name="TouchedMs">Time of the epoch that touched it last.</param>
    /// <param name="TimerMs">Where its timer stands, not later than <paramref name="TouchedMs"/>.</param>
    private readonly record struct Held(TState State, long TouchedMs, long TimerMs);

    /// <inheritdoc/>
    public override IInput<T> Input<T>(int port) => port == 1 && _initialPort is IInput<T> initial ? initial : base.Input<T>(port);

    /// <inheritdoc/>
    public void OnBatch(Batch<(TKey Key, TValue Value)> batch)
    {
        if (_waiting is not null && Context.Epoch.Epoch.Number == 1)
            _waiting.AddRange(batch.Rows);
        else
            MapAll(batch.Rows);
        batch.Release();
        _output.Flush();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        if (_waiting is { Count: > 0 })
        {
            MapAll(_waiting.Rows);
            _waiting.Clear();
        }

        if (epoch.Epoch.Number % _every == 0)
        {
            if (_timeoutMs is { } timeoutMs)
                _timers!.FireUntil(epoch.NowMs - timeoutMs - 1, _onTimer);
            if (_snapshots is not null)
                GiveSnapshot(_snapshots);
        }

        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _held = Context.State.Value<TKey, Held>("states");
        _held.ShowAs(static (_, held, _) => held.State);
        _timers = _timeoutMs is null ? null : Context.State.Timers<TKey>("timeouts");
        _waiting = _initialPort is null ? null : Context.State.Scratch<(TKey, TValue)>("waiting");
        _output = Context.Output<TResult>();
        _copy = StateCopy.Of<TState>(Context.Operator);
        _snapshots = _givesSnapshots ? Context.Output<(TKey, TState)>(1) : null;
    }

    private void MapAll(ReadOnlySpan<(TKey Key, TValue Value)> rows)
    {
        var nowMs = Context.Epoch.NowMs;
        foreach (var (key, value) in rows)
        {
            var existed = _held.TryGet(key, out var held);
            _state.Wrap(existed, existed ? Copied(held.State) : held.State, isTimingOut: false);
            if (_map(nowMs, key, new Option<TValue>(value), _state).TryGet(out var result))
                _output.Add(result);
            if (_state.IsRemoved)
            {
                if (existed)
                    Forget(key, held);
            }
            else if (_state.IsUpdated || (existed && _copy is not null && _state.IsGiven))
            {
                Put(key, Copied(_state.Get()), nowMs, existed ? held.TimerMs : null);
            }
            else if (existed && _timers is not null && held.TouchedMs != nowMs)
            {
                Put(key, held.State, nowMs, held.TimerMs);
            }
        }
    }

    private TState Copied(TState state) => _copy is null ? state : _copy(state);

    private void PutInitial(ReadOnlySpan<(TKey Key, TState State)> rows)
    {
        foreach (var (key, state) in rows)
            Put(key, state, Context.Epoch.NowMs, _held.TryGet(key, out var held) ? held.TimerMs : null);
    }

    private void Put(TKey key, TState state, long nowMs, long? timerMs)
    {
        if (timerMs is null)
            _timers?.Register(key, nowMs);
        _held.Put(key, new Held(state, nowMs, timerMs ?? nowMs));
    }

    private void Forget(TKey key, in Held held)
    {
        _held.Remove(key);
        _timers?.Delete(key, held.TimerMs);
    }

    private void OnTimer(TKey key, long timerMs)
    {
        var found = _held.TryGet(key, out var held);
        Debug.Assert(found && held.TimerMs == timerMs, "a key with a state has one timer, a key without has none");
        if (held.TouchedMs > timerMs)
        {
            // Not later than the time until which timers fire: it fires again in this pass, in its place.
            _timers!.Register(key, held.TouchedMs);
            _held.Put(key, held with { TimerMs = held.TouchedMs });
            return;
        }

        _state.Wrap(exists: true, Copied(held.State), isTimingOut: true);
        if (Call(key).TryGet(out var result))
            _output.Add(result);
        _held.Remove(key);
    }

    private Option<TResult> Call(TKey key)
    {
        try
        {
            return _map(Context.Epoch.NowMs, key, Option<TValue>.None, _state);
        }
        catch (Exception cause) when (cause is not UserFunctionException)
        {
            throw KeyedFailure.Of(Context.Operator, key, cause);
        }
    }

    private void GiveSnapshot(Output<(TKey Key, TState State)> snapshots)
    {
        foreach (var (key, held) in _held)
            snapshots.Add((key, Copied(held.State)));
        snapshots.Flush();
    }
}
