using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Testing.Tests.Models;

/// <summary><c>UpdateStateByKey</c> in its three forms and running totals, on batches and on windows, with and without states to begin with.</summary>
public sealed class StateModelTests
{
    private static readonly Form[] OfBatches =
    [
        new("updateStateByKey", ["updateStateByKey"],
            s => Updated(s, s.Inside.In<IReadOnlyList<int>, Option<int>, Option<int>>(Next), s.Setting.Initial).Map(row => Text.Of(row.Key, row.State)),
            past => States(past, (_, _, values, state) => Next(values, state))),
        new("updateStateByKey with time and key", ["updateStateByKey"],
            s => UpdatedAt(s, s.Inside.In((DStreams.Time time, int key, IReadOnlyList<int> values, Option<int> state) => NextAt(time.Milliseconds, key, values, state))),
            past => States(past, NextAt)),
        new("updateStateByKey of all keys", ["updateStateByKey"],
            s => UpdatedAll(s, keys => NextOfAll(keys).Select(s.Inside.Pass)),
            past => States(past, (_, _, values, state) => Next(values, state))),
        new("updateStateByKey in place", ["updateStateByKey"],
            s => Updated(s, s.Inside.In<IReadOnlyList<int>, Option<List<int>>, Option<List<int>>>(Append), null).Map(pair => Text.Of(pair.Key, pair.State)),
            past => Text.Groups(past.History.SelectMany(one => one.Left))),
        new("runningReduceByKey", ["runningReduceByKey"],
            s => s.Left.RunningReduceByKey(s.Inside.In((int left, int right) => left + right)).Map(row => Text.Of(row.Key, row.Value)),
            past => Text.Sums(past.History.SelectMany(one => one.Left).Where(row => past.Left.Any(now => now.Key == row.Key)))),
    ];

    private static readonly Form[] Forms = [.. OfBatches, .. OfBatches.Select(form => form.OnWindows())];

    public static TheoryData<string> Names => [.. Forms.Select(form => form.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Whatever_fails_states_are_those_of_the_model(string form) => FailureModel.CheckAsync(Array.Find(Forms, one => one.Name == form)!);

    private static IEnumerable<string> States(Past past, Func<long, int, IReadOnlyList<int>, Option<int>, Option<int>> update)
    {
        var states = (past.Setting.Initial ?? []).ToDictionary();
        foreach (var batch in past.History)
        {
            foreach (var key in states.Keys.Union(batch.Left.Select(row => row.Key)).ToArray())
            {
                int[] values = [.. batch.Left.Where(row => row.Key == key).Select(row => row.Value)];
                if (update(batch.Ms, key, values, states.TryGetValue(key, out var state) ? state : Option<int>.None).TryGet(out var next))
                    states[key] = next;
                else
                    states.Remove(key);
            }
        }

        return states.Select(row => Text.Of(row.Key, row.Value));
    }

    // Values of a key come in any order, so that no function here depends on it.
    private static Option<int> Next(IReadOnlyList<int> values, Option<int> state) =>
        values.Contains(-3) || state.GetOrElse(0) > 9 ? Option<int>.None : (state.GetOrElse(0) * 2) + values.Sum();

    private static Option<int> NextAt(long ms, int key, IReadOnlyList<int> values, Option<int> state) =>
        ((ms / 1000) + key) % 4 == 0 ? Option<int>.None : state.GetOrElse(0) + (int)(ms / 1000 * values.Sum()) + key;

    private static IEnumerable<(int Key, int State)> NextOfAll(IEnumerable<(int Key, IReadOnlyList<int> Values, Option<int> State)> keys)
    {
        foreach (var (key, values, state) in keys)
        {
            if (Next(values, state).TryGet(out var next))
                yield return (key, next);
        }
    }

    private static Option<List<int>> Append(IReadOnlyList<int> values, Option<List<int>> state)
    {
        var all = state.GetOrElse([]);
        all.AddRange(values);
        return all;
    }

    private static DStream<(int Key, TState State)> Updated<TState>(
        Streams s, Func<IReadOnlyList<int>, Option<TState>, Option<TState>> update, (int Key, TState State)[]? initial) =>
        s.By is { } by ? s.Left.UpdateStateByKey(update, by, initial) : s.Left.UpdateStateByKey(update, initial, s.Partitions);

    private static DStream<string> UpdatedAt(Streams s, Func<DStreams.Time, int, IReadOnlyList<int>, Option<int>, Option<int>> update) =>
        (s.By is { } by ? s.Left.UpdateStateByKey(update, by, s.Setting.Initial) : s.Left.UpdateStateByKey(update, s.Setting.Initial, s.Partitions))
            .Map(row => Text.Of(row.Key, row.State));

    private static DStream<string> UpdatedAll(
        Streams s, Func<IEnumerable<(int Key, IReadOnlyList<int> Values, Option<int> State)>, IEnumerable<(int Key, int State)>> update) =>
        (s.By is { } by ? s.Left.UpdateStateByKey(update, by, s.Setting.Initial) : s.Left.UpdateStateByKey(update, s.Setting.Initial, s.Partitions))
            .Map(row => Text.Of(row.Key, row.State));
}
