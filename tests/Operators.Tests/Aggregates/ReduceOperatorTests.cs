namespace Millrace.Operators.Aggregates;

public sealed class ReduceOperatorTests() : OperatorTests(typeof(ReduceOperator<>))
{
    [Fact]
    public void Reduces_the_rows_of_each_epoch_from_left_to_right() =>
        For(() => new ReduceOperator<string>((left, right) => left + right))
            .Feed("a", "b")
            .Feed("c")
            .ExpectNothing()
            .EndEpoch()
            .Expect("abc")
            .Feed("d")
            .EndEpoch()
            .Expect("d")
            .Run();

    [Fact]
    public void Gives_nothing_for_an_empty_epoch() =>
        For(() => new ReduceOperator<int>((left, right) => left + right))
            .EndEpoch()
            .ExpectNothing()
            .Feed(1, 2)
            .EndEpoch()
            .EndEpoch()
            .Expect(3)
            .Run();

    [Fact]
    public void Gives_a_null_that_was_reduced() =>
        For(() => new ReduceOperator<string?>((_, right) => right))
            .Feed("a", null)
            .EndEpoch()
            .Expect<string?>([null])
            .Run();
}
