using CsCheck;
using Millrace.Data;
using Millrace.Testing;

namespace Millrace.Operators.Keyed;

public sealed class UpdateStateByKeyOperatorTests() : OperatorTests(typeof(UpdateStateByKeyOperator<,,>))
{
    [Fact]
    public void Brings_the_state_of_every_key_forward_in_every_epoch() =>
        For(() => new UpdateStateByKeyOperator<string, int, int>((values, state) => state.GetOrElse(0) + values.Sum() + 100))
            .Feed(("a", 1), ("b", 2), ("a", 3))
            .ExpectNothing()
            .EndEpoch()
            .ExpectAnyOrder(("a", 104), ("b", 102))
            .Feed(("b", 1))
            .EndEpoch()
            .ExpectAnyOrder(("a", 204), ("b", 203))
            .EndEpoch()
            .ExpectAnyOrder(("a", 304), ("b", 303))
            .Run();

    [Fact]
    public void A_state_may_be_changed_in_place() =>
        For(() => new UpdateStateByKeyOperator<string, int, List<int>>((values, state) =>
            {
                var all = state.GetOrElse([]);
                all.AddRange(values);
                return all;
            }))
            .Feed(("a", 1))
            .EndEpoch()
            .Expect(("a", new List<int> { 1 }))
            .Feed(("a", 2), ("a", 3))
            .EndEpoch()
            .Expect(("a", new List<int> { 1, 2, 3 }))
            .EndEpoch()
            .Expect(("a", new List<int> { 1, 2, 3 }))
            .Run();

    [Fact]
    public void Gives_the_values_of_a_key_in_the_order_of_arrival() =>
        For(() => new UpdateStateByKeyOperator<string, string, string>((values, state) => state.GetOrElse("") + string.Concat(values) + ";"))
            .Feed(("a", "3"), ("b", "x"), ("a", "1"))
            .Feed(("a", "2"))
            .EndEpoch()
            .ExpectAnyOrder(("a", "312;"), ("b", "x;"))
            .Feed(("a", "0"))
            .EndEpoch()
            .ExpectAnyOrder(("a", "312;0;"), ("b", "x;;"))
            .Run();

    [Fact]
    public void Forgets_a_key_for_which_the_function_returns_none() =>
        For(() => new UpdateStateByKeyOperator<string, int, int>((values, state) => values.Count == 0 ? Option<int>.None : state.GetOrElse(0) + values.Sum()))
            .Feed(("a", 1), ("b", 2))
            .EndEpoch()
            .ExpectAnyOrder(("a", 1), ("b", 2))
            .Feed(("a", 1))
            .EndEpoch()
            .Expect(("a", 2))
            .Feed(("b", 5))
            .EndEpoch()
            .Expect(("b", 5))
            .EndEpoch()
            .ExpectNothing()
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Never_keeps_a_new_key_for_which_the_function_returns_none() =>
        For(() => new UpdateStateByKeyOperator<string, int, bool>((_, state) => state.HasValue ? true : Option<bool>.None))
            .Feed(("a", 1))
            .EndEpoch()
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Keeps_a_state_that_is_null() =>
        For(() => new UpdateStateByKeyOperator<string, string?, string?>((values, state) => state.HasValue ? $"was {state.Value ?? "null"}" : values[0]))
            .Feed<(string, string?)>(("a", null))
            .EndEpoch()
            .Expect<(string, string?)>(("a", null))
            .EndEpoch()
            .Expect<(string, string?)>(("a", "was null"))
            .Run();

    [Fact]
    public void Takes_null_as_a_key() =>
        For(() => new UpdateStateByKeyOperator<string?, int, int>((values, state) => state.GetOrElse(0) + values.Sum()))
            .Feed<(string?, int)>((null, 1), (null, 2))
            .EndEpoch()
            .Feed<(string?, int)>((null, 4))
            .EndEpoch()
            .Expect<(string?, int)>((null, 3), (null, 7))
            .Run();

    [Fact]
    public void Names_operator_and_key_when_the_function_throws()
    {
        var harness = For(() => new UpdateStateByKeyOperator<string, int, int>((values, _) => 1 / values[0])).Feed(("a", 1), ("zero", 0)).EndEpoch();

        var failure = Assert.Throws<UserFunctionException>(harness.Run);

        Assert.Equal(new OperatorId("UpdateStateByKeyOperator"), failure.Operator);
        Assert.Equal("Operator UpdateStateByKeyOperator for key zero threw DivideByZeroException: Attempted to divide by zero.", failure.Message);
    }

    [Fact]
    public void Keeps_running_counts_like_a_dictionary() => Words.Epochs.Sample(epochs =>
    {
        var harness = For(() => new UpdateStateByKeyOperator<string, int, int>((values, state) =>
            values.Count == 0 && state.Value > 12 ? Option<int>.None : state.GetOrElse(0) + values.Sum()));
        var model = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var batches in epochs)
        {
            var counted = Words.Count([.. batches.SelectMany(batch => batch)]).ToDictionary();
            foreach (var word in model.Where(pair => pair.Value > 12 && !counted.ContainsKey(pair.Key)).Select(pair => pair.Key).ToArray())
                model.Remove(word);
            foreach (var (word, count) in counted)
                model[word] = model.GetValueOrDefault(word) + count;
            foreach (var batch in batches)
                harness.Feed(batch);
            harness.EndEpoch().ExpectAnyOrder([.. model.Select(pair => (pair.Key, pair.Value))]);
        }

        harness.Run();
    }, iter: 300);

    [Fact]
    public void Calls_the_function_with_time_and_key() =>
        For(() => new UpdateStateByKeyOperator<string?, int, string>((now, key, values, state) =>
                $"{state.GetOrElse("")}{(now - OperatorHarness.StartMs) / 1000}{key}{string.Concat(values)};"))
            .Feed<(string?, int)>(("a", 7), (null, 8))
            .EndEpoch()
            .ExpectAnyOrder<(string?, string)>(("a", "1a7;"), (null, "18;"))
            .Feed<(string?, int)>(("a", 9))
            .EndEpoch()
            .ExpectAnyOrder<(string?, string)>(("a", "1a7;2a9;"), (null, "18;2;"))
            .Run();

    [Fact]
    public void Updates_in_due_epochs_only() =>
        For(() => new UpdateStateByKeyOperator<string, int, int>((values, state) => state.GetOrElse(0) + values.Sum() + 100, every: 2))
            .EndEpoch()
            .Feed(("a", 1)).EndEpoch().Expect(("a", 101))
            .EndEpoch().ExpectNothing()
            .EndEpoch().Expect(("a", 201))
            .Run();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Starts_from_initial_states(bool ofAll) =>
        For(() => ofAll
                ? new UpdateStateByKeyOperator<string, int, int>(keys => keys.Select(one => (one.Key, one.State.GetOrElse(0) + one.Values.Sum())))
                : new UpdateStateByKeyOperator<string, int, int>((values, state) => state.GetOrElse(0) + values.Sum()))
            .FeedTo(0, ("a", 1))
            .FeedTo(1, ("a", 1), ("c", 9), ("c", 2))
            .ExpectNothing()
            .EndEpoch()
            .ExpectAnyOrder(("a", 2), ("c", 2))
            .Feed(("a", 1), ("b", 1))
            .EndEpoch()
            .ExpectAnyOrder(("a", 3), ("b", 1), ("c", 2))
            .EndEpoch()
            .ExpectAnyOrder(("a", 3), ("b", 1), ("c", 2))
            .Run();

    [Fact]
    public void Keeps_just_the_keys_that_a_function_of_all_returns() =>
        For(() => new UpdateStateByKeyOperator<string, int, int>(keys => keys.SelectMany(Returned).ToArray()))
            .Feed(("a", 1), ("b", 2), ("twice", 3))
            .EndEpoch()
            .ExpectAnyOrder(("a", 1), ("new", 2), ("twice", 4))
            .EndEpoch()
            .Expect(("new", -1))
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Calls_a_function_of_all_without_any_key() =>
        For(() => new UpdateStateByKeyOperator<string, int, int>(keys => keys.Any() ? [] : [("none", 0)]))
            .EndEpoch().Expect(("none", 0))
            .EndEpoch().ExpectNothing()
            .Run();

    [Fact]
    public void Names_the_operator_when_a_function_of_all_returns_null()
    {
        var harness = For(() => new UpdateStateByKeyOperator<string, int, int>(_ => null!)).EndEpoch();

        var failure = Assert.Throws<UserFunctionException>(harness.Run);

        Assert.Equal(new OperatorId("UpdateStateByKeyOperator"), failure.Operator);
        Assert.Contains("returned null", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forgets_and_finds_keys_like_a_dictionary(bool ofAll) =>
        Gen.Select(Batches.Pairs, Gen.Select(Batches.Keys, Gen.Int[0, 5]).Array[0, 4], Gen.Int[1, 3]).Sample((batches, initial, every) =>
        {
            var harness = For(() => ofAll
                ? new UpdateStateByKeyOperator<string?, int, int>(keys => NextOfAll(keys), every)
                : new UpdateStateByKeyOperator<string?, int, int>((_, _, values, state) => Next(values, state), every));
            var model = initial.GroupBy(row => ValueTuple.Create(row.Item1)).ToDictionary(rows => rows.Key, rows => rows.Last().Item2);
            harness.FeedTo(1, initial);
            for (var batch = 1; batch <= batches.Length; batch++)
            {
                if (batch % every != 0)
                {
                    harness.EndEpoch().ExpectNothing();
                    continue;
                }

                var rows = batches[batch - 1];
                foreach (var key in rows.Select(row => ValueTuple.Create(row.Key)).Concat(model.Keys).Distinct().ToArray())
                {
                    var values = rows.Where(row => row.Key == key.Item1).Select(row => row.Value).ToArray();
                    if (Next(values, model.TryGetValue(key, out var state) ? state : Option<int>.None).TryGet(out var next))
                        model[key] = next;
                    else
                        model.Remove(key);
                }

                harness.Feed(rows).EndEpoch().ExpectAnyOrder([.. model.Select(pair => (pair.Key.Item1, pair.Value))]);
            }

            harness.Run();
        }, iter: 200);

    private static IEnumerable<(string Key, int State)> Returned((string Key, IReadOnlyList<int> Values, Option<int> State) one) => one.Key switch
    {
        "a" when !one.State.HasValue => [("a", one.Values[0])],
        "b" => [("new", one.Values[0])],
        "new" when one.State.Value > 0 => [("new", -1)],
        "twice" when !one.State.HasValue => [("twice", 0), ("twice", one.Values[0] + 1)],
        _ => [],
    };

    private static Option<int> Next(IReadOnlyList<int> values, Option<int> state) =>
        values.Contains(-2) || state.GetOrElse(0) > 6 ? Option<int>.None : (state.GetOrElse(0) * 2) + values.Sum();

    private static IEnumerable<(string? Key, int State)> NextOfAll(IEnumerable<(string? Key, IReadOnlyList<int> Values, Option<int> State)> keys)
    {
        foreach (var (key, values, state) in keys)
        {
            if (Next(values, state).TryGet(out var next))
                yield return (key, next);
        }
    }
}
