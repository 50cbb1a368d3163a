using System.Globalization;
using CsCheck;
using Millrace.Data;
using Millrace.Testing;

namespace Millrace.Operators.Keyed;

public sealed class MapWithStateOperatorTests() : OperatorTests(typeof(MapWithStateOperator<,,,>))
{
    [Fact]
    public void A_state_that_is_changed_in_place_is_kept_whether_or_not_it_is_updated() =>
        For(() => new MapWithStateOperator<string, int, List<int>, int>((_, _, value, state) =>
            {
                var all = state.Exists ? state.Get() : [];
                all.Add(value.Value);
                if (!state.Exists)
                    state.Update(all);
                return all.Sum();
            }))
            .Feed(("a", 1), ("a", 2), ("b", 8))
            .Expect(1, 3, 8)
            .EndEpoch()
            .Feed(("a", 9), ("a", 4))
            .Expect(12, 16)
            .EndEpoch()
            .Feed(("b", 1), ("a", 1))
            .Expect(9, 17)
            .EndEpoch()
            .Run();

    [Fact]
    public void Maps_each_record_with_the_state_of_its_key() =>
        For(() => new MapWithStateOperator<string, int, int, string>(CountUp))
            .Feed(("a", 1), ("b", 2), ("a", 1))
            .Expect("a1", "b2", "a2")
            .EndEpoch()
            .ExpectNothing()
            .Feed(("b", 1))
            .EndEpoch()
            .Expect("b3")
            .Run();

    [Fact]
    public void Gives_out_what_the_function_returns_and_the_states_where_asked() =>
        For(() => new MapWithStateOperator<string, int, int, string>(
                (_, key, _, state) =>
                {
                    if (state.Exists)
                    {
                        state.Remove();
                        return key;
                    }

                    state.Update(1);
                    return Option<string>.None;
                },
                givesSnapshots: true))
            .EndEpoch().ExpectNothing()
            .Feed(("a", 1)).EndEpoch().ExpectFrom(1, ("a", 1)).ExpectNothing()
            .Feed(("a", 1), ("b", 1)).EndEpoch().Expect("a").ExpectFrom(1, ("b", 1))
            .Feed(("a", 1), ("b", 1), ("c", 1)).EndEpoch().Expect("b").ExpectAnyOrderFrom(1, ("a", 1), ("c", 1))
            .EndEpoch().ExpectAnyOrderFrom(1, ("a", 1), ("c", 1)).ExpectNothing()
            .Run();

    [Fact]
    public void Takes_initial_states_before_the_first_record_whatever_comes_first() =>
        For(() => new MapWithStateOperator<string, int, int, string>(CountUp, takesInitialStates: true, givesSnapshots: true))
            .FeedTo(0, ("a", 1))
            .FeedTo(1, ("a", 9), ("a", 5), ("b", 7))
            .ExpectNothing()
            .EndEpoch()
            .Expect("a6")
            .ExpectAnyOrderFrom(1, ("a", 6), ("b", 7))
            .Feed(("b", 1))
            .Expect("b8")
            .EndEpoch()
            .ExpectAnyOrderFrom(1, ("a", 6), ("b", 8))
            .Run();

    [Fact]
    public void Times_a_key_out_that_was_idle_for_longer_than_the_timeout() =>
        For(() => new MapWithStateOperator<string?, int, int, string>(
                (now, key, value, state) =>
                {
                    if (state.IsTimingOut)
                        return string.Create(CultureInfo.InvariantCulture, $"{key} out at {(now - OperatorHarness.StartMs) / 1000}, {value.HasValue}, {state.Get()}");
                    if (!state.Exists)
                        state.Update(value.Value);
                    return Option<string>.None;
                },
                timeoutMs: 2000,
                givesSnapshots: true))
            .Feed<(string?, int)>(("a", 1), (null, 2)).EndEpoch().ExpectAnyOrderFrom<(string?, int)>(1, ("a", 1), (null, 2))
            .Feed<(string?, int)>(("a", 3)).EndEpoch().ExpectAnyOrderFrom<(string?, int)>(1, ("a", 1), (null, 2))
            .EndEpoch().ExpectAnyOrderFrom<(string?, int)>(1, ("a", 1), (null, 2)).ExpectNothing()
            .EndEpoch().Expect(" out at 4, False, 2").ExpectFrom<(string?, int)>(1, ("a", 1))
            .EndEpoch().Expect("a out at 5, False, 1").ExpectNothing()
            .EndEpoch().ExpectNothing()
            .Run();

    [Fact]
    public void Works_in_due_epochs_only() =>
        For(() => new MapWithStateOperator<string, int, int, string>(
                (_, key, _, state) =>
                {
                    if (!state.IsTimingOut)
                        state.Update(1);
                    return state.IsTimingOut ? key : Option<string>.None;
                },
                timeoutMs: 500,
                givesSnapshots: true,
                every: 2))
            .EndEpoch()
            .Feed(("a", 1)).EndEpoch().ExpectFrom(1, ("a", 1))
            .EndEpoch().ExpectNothing()
            .EndEpoch().Expect("a")
            .Run();

    [Fact]
    public void A_state_says_what_may_not_be_done() =>
        For(() => new MapWithStateOperator<string, string, int, bool>(
                (_, _, value, state) =>
                {
                    switch (value.GetOrElse("time out"))
                    {
                        case "none":
                            Assert.False(state.Exists || state.IsTimingOut || state.GetOption().HasValue);
                            Assert.Throws<KeyNotFoundException>(() => state.Get());
                            state.Update(2);
                            Assert.Equal((true, 2, 2), (state.Exists, state.Get(), state.GetOption().Value));
                            break;
                        case "remove":
                            state.Remove();
                            Assert.False(state.Exists);
                            Assert.Throws<InvalidOperationException>(() => state.Update(1));
                            Assert.Throws<InvalidOperationException>(state.Remove);
                            Assert.Throws<KeyNotFoundException>(() => state.Get());
                            break;
                        default:
                            Assert.Equal((true, true, 2), (state.Exists, state.IsTimingOut, state.Get()));
                            Assert.Throws<InvalidOperationException>(() => state.Update(1));
                            Assert.Throws<InvalidOperationException>(state.Remove);
                            break;
                    }

                    return true;
                },
                timeoutMs: 0))
            .Feed(("a", "none"), ("b", "none"), ("b", "remove"), ("b", "none"), ("c", "remove"))
            .EndEpoch()
            .EndEpoch()
            .Expect(true, true, true, true, true, true, true)
            .Run();

    [Fact]
    public void Names_the_key_when_the_function_throws_for_one_that_times_out()
    {
        var harness = For(() => new MapWithStateOperator<string, int, int, int>(
            (_, _, value, state) =>
            {
                state.Update(1);
                return value.Value;
            },
            timeoutMs: 0)).Feed(("a", 1)).EndEpoch().Expect(1).EndEpoch();

        var failure = Assert.Throws<UserFunctionException>(harness.Run);

        Assert.StartsWith("Operator MapWithStateOperator for key a threw InvalidOperationException: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Has_a_second_port_only_for_initial_states()
    {
        var harness = For(() => new MapWithStateOperator<string, int, int, string>(CountUp)).FeedTo(1, ("a", 1));

        Assert.Throws<GraphException>(harness.Run);
        Assert.Throws<ArgumentNullException>(() => new MapWithStateOperator<string, int, int, string>(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MapWithStateOperator<string, int, int, string>(CountUp, timeoutMs: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MapWithStateOperator<string, int, int, string>(CountUp, every: 0));
    }

    [Fact]
    public void Answers_like_a_dictionary() =>
        Gen.Select(Batches.Pairs, Gen.Select(Batches.Keys, Gen.Int[0, 5]).Array[0, 4], Gen.Int[-1, 4]).Sample((batches, initial, timeoutSeconds) =>
        {
            var timeoutMs = timeoutSeconds < 0 ? null : (long?)(timeoutSeconds * 1000);
            var harness = For(() => new MapWithStateOperator<string?, int, int, string>(Visit, timeoutMs, takesInitialStates: true, givesSnapshots: true));
            var model = new Model(timeoutSeconds < 0 ? int.MaxValue : timeoutSeconds);
            foreach (var (key, state) in initial)
                model.States[new(key)] = (state, 1);
            harness.FeedTo(1, initial);
            harness.Play(batches, batch =>
            {
                var given = batches[batch - 1].Select(row => model.Visit(batch, row.Key, row.Value)).Concat(model.TimeOut(batch)).OfType<string>();
                harness.ExpectAnyOrder([.. given]).ExpectAnyOrderFrom(1, [.. model.States.Select(pair => (pair.Key.Item1, pair.Value.State))]);
            });
        }, iter: 200);

    private static Option<string> CountUp(long nowMs, string key, Option<int> value, State<int> state)
    {
        state.Update(state.GetOption().GetOrElse(0) + value.Value);
        return $"{key}{state.Get()}";
    }

    // Negative values remove, 0 reads only, 3 gives nothing out.
    private static Option<string> Visit(long nowMs, string? key, Option<int> value, State<int> state)
    {
        if (state.IsTimingOut)
            return $"{key} timed out with {state.Get()}";
        var before = state.GetOption();
        if (value.Value < 0)
            state.Remove();
        else if (value.Value > 0)
            state.Update(before.GetOrElse(0) + value.Value);
        return value.Value == 3 ? Option<string>.None : $"{key}: {before.GetOrElse(-9)} {value.Value}";
    }

    private sealed class Model(int timeoutEpochs)
    {
        public Dictionary<ValueTuple<string?>, (int State, int Touched)> States { get; } = [];

        public string? Visit(int epoch, string? key, int value)
        {
            var before = States.TryGetValue(new(key), out var held) ? new Option<int>(held.State) : Option<int>.None;
            if (value < 0)
                States.Remove(new(key));
            else if (value > 0 || before.HasValue)
                States[new(key)] = (before.GetOrElse(0) + value, epoch);
            return value == 3 ? null : $"{key}: {before.GetOrElse(-9)} {value}";
        }

        public IEnumerable<string?> TimeOut(int epoch)
        {
            foreach (var (key, (state, touched)) in States.Where(pair => epoch - pair.Value.Touched > timeoutEpochs).ToArray())
            {
                States.Remove(key);
                yield return $"{key.Item1} timed out with {state}";
            }
        }
    }
}
