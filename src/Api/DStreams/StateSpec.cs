using Millrace.Data;
using Millrace.Operators.Keyed;

namespace Millrace.DStreams;

/// <summary>Makes the specification of a <c>MapWithState</c>.</summary>
public static class StateSpec
{
    /// <summary>For a function of batch time, key, value and state. It returns none where a pair gives out nothing.</summary>
    /// <remarks>Called in the order of arrival. The value is none when the key times out (<see cref="State{TState}.IsTimingOut"/>). It must not keep the state object.</remarks>
    public static StateSpec<TKey, TValue, TState, TResult> Function<TKey, TValue, TState, TResult>(
        Func<Time, TKey, Option<TValue>, State<TState>, Option<TResult>> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new((nowMs, key, value, state) => map(new Time(nowMs), key, value, state));
    }

    /// <summary>For a function of key, value and state that returns one row for each pair.</summary>
    /// <inheritdoc cref="Function{TKey,TValue,TState,TResult}(Func{Time,TKey,Option{TValue},State{TState},Option{TResult}})" path="/remarks"/>
    public static StateSpec<TKey, TValue, TState, TResult> Function<TKey, TValue, TState, TResult>(
        Func<TKey, Option<TValue>, State<TState>, TResult> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new((_, key, value, state) => new Option<TResult>(map(key, value, state)));
    }
}
