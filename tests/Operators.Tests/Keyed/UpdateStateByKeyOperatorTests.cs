using CsCheck;
using Millrace.Data;

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
        Assert.Equal("Operator UpdateStateByKeyOperator threw DivideByZeroException for key zero: Attempted to divide by zero.", failure.Message);
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
}
