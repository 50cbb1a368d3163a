using Millrace.Data;
using Millrace.DStreams;
using Millrace.Operators.Keyed;

namespace Millrace.Testing.Tests.Models;

/// <summary><c>MapWithState</c>, on batches and on windows: initial states, removal, timeout, rows that are given out and those that are not, snapshots.</summary>
public sealed class MapWithStateModelTests
{
    private static readonly Form[] OfBatches =
    [
        new("mapWithState", ["mapWithState"], s => Of(s, hasTimeout: false), past => Play(past, hasTimeout: false).Rows),
        new("mapWithState with timeout", ["mapWithState"], s => Of(s, hasTimeout: true), past => Play(past, hasTimeout: true).Rows),
        new("stateSnapshots", ["mapWithState"], s => Snapshots(Of(s, hasTimeout: false)), past => Play(past, hasTimeout: false).States),
        new("stateSnapshots with timeout", ["mapWithState"], s => Snapshots(Of(s, hasTimeout: true)), past => Play(past, hasTimeout: true).States),
        new("mapWithState beside its snapshots", ["mapWithState"],
            s => Of(s, hasTimeout: true) is var mapped ? mapped.Union(Snapshots(mapped)) : null!,
            past => Play(past, hasTimeout: true) is var (rows, states) ? rows.Concat(states) : []),
        // One row a key and batch, so that its function may depend on their order.
        new("mapWithState behind reduceByKey", ["reduceByKey", "mapWithState"],
            s => s.Left.ReduceByKey((left, right) => left + right).MapWithState(With(s, StateSpec.Function(s.Inside.In<int, Option<int>, State<List<int>>, string>(Last)), null)),
            past => Lasts(past)),
    ];

    private static readonly Form[] Forms = [.. OfBatches, .. OfBatches.Select(form => form.OnWindows())];

    public static TheoryData<string> Names => [.. Forms.Select(form => form.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Whatever_fails_states_and_rows_are_those_of_the_model(string form) => FailureModel.CheckAsync(Array.Find(Forms, one => one.Name == form)!);

    private static MapWithStateDStream<int, int, string> Of(Streams s, bool hasTimeout)
    {
        var spec = With(s, StateSpec.Function(s.Inside.In<DStreams.Time, int, Option<int>, State<int>, Option<string>>(Map)), s.Setting.Initial);
        return s.Left.MapWithState(hasTimeout ? spec.Timeout(s.Idle) : spec);
    }

    private static StateSpec<int, int, TState, string> With<TState>(Streams s, StateSpec<int, int, TState, string> spec, (int Key, TState State)[]? initial)
    {
        spec = initial is null ? spec : spec.InitialState(initial);
        return s.By is { } by ? spec.Partitioner(by) : s.Partitions is { } partitions ? spec.NumPartitions(partitions) : spec;
    }

    private static DStream<string> Snapshots(MapWithStateDStream<int, int, string> mapped) => mapped.StateSnapshots().Map(row => $"state {Text.Of(row.Key, row.State)}");

    // Rows of a key come in any order, so that what is left of a batch must not depend on it: at some times each removes, at others each adds, and none touches.
    private static Option<string> Map(DStreams.Time time, int key, Option<int> value, State<int> state)
    {
        if (state.IsTimingOut)
            return $"end of {Text.Of(key, state.Get())}";
        if (Removes(time.Milliseconds, key))
            state.Remove();
        else if (value.Value != 0)
            state.Update(state.GetOption().GetOrElse(0) + value.Value);
        return value.Value % 2 == 0 ? Text.Of(key, value.Value) : Option<string>.None;
    }

    private static bool Removes(long ms, int key) => ((ms / 1000) + key) % 4 == 0;

    private static (IEnumerable<string> Rows, IEnumerable<string> States) Play(Past past, bool hasTimeout)
    {
        // A state that is there to begin with is touched by the first batch.
        var states = (past.Setting.Initial ?? []).ToDictionary(row => row.Key, row => (Sum: row.State, TouchedMs: 1000L));
        List<string> given = [];
        foreach (var batch in past.History)
        {
            given = [.. batch.Left.Where(row => row.Value % 2 == 0).Select(row => Text.Of(row.Key, row.Value))];
            foreach (var (key, value) in batch.Left)
            {
                if (Removes(batch.Ms, key))
                    states.Remove(key);
                else if (value != 0 || states.ContainsKey(key))
                    states[key] = (states.GetValueOrDefault(key).Sum + value, batch.Ms);
            }

            foreach (var (key, state) in states.Where(row => hasTimeout && batch.Ms - row.Value.TouchedMs > past.Setting.Idle * 1000).ToArray())
            {
                given.Add($"end of {Text.Of(key, state.Sum)}");
                states.Remove(key);
            }
        }

        return (given, states.Select(row => $"state {Text.Of(row.Key, row.Value.Sum)}"));
    }

    /// <summary>Keeps the last sums in a list that it changes in place and updates now and then, until one is above 6.</summary>
    private static string Last(int key, Option<int> sum, State<List<int>> state)
    {
        var last = state.GetOption().GetOrElse([]);
        last.Add(sum.Value);
        var shown = $"{key}={string.Join(',', last)}";
        if (sum.Value > 6 && state.Exists)
            state.Remove();
        else if (sum.Value % 2 == 0)
            state.Update(last);
        return shown;
    }

    private static IEnumerable<string> Lasts(Past past)
    {
        Dictionary<int, int[]> states = [];
        List<string> given = [];
        foreach (var batch in past.History)
        {
            given.Clear();
            foreach (var sums in batch.Left.GroupBy(row => row.Key))
            {
                var sum = sums.Sum(row => row.Value);
                int[] last = [.. states.GetValueOrDefault(sums.Key, []), sum];
                given.Add($"{sums.Key}={string.Join(',', last)}");
                if (sum > 6 && states.ContainsKey(sums.Key))
                    states.Remove(sums.Key);
                else if (sum % 2 == 0 || states.ContainsKey(sums.Key))
                    states[sums.Key] = last;
            }
        }

        return given;
    }
}
