namespace Millrace.Operators.Aggregates;

public sealed class CountOperatorTests() : OperatorTests(typeof(CountOperator<>))
{
    [Fact]
    public void Counts_the_rows_of_each_epoch() =>
        For(() => new CountOperator<string>())
            .Feed("a", "b")
            .Feed("c")
            .ExpectNothing()
            .EndEpoch()
            .Expect(3L)
            .Feed("d")
            .EndEpoch()
            .Expect(1L)
            .Run();

    [Fact]
    public void Gives_zero_for_an_empty_epoch() =>
        For(() => new CountOperator<int>())
            .EndEpoch()
            .Expect(0L)
            .Feed(1)
            .EndEpoch()
            .EndEpoch()
            .Expect(1L, 0L)
            .Run();

    [Fact]
    public void Gives_a_count_in_due_epochs_only() =>
        For(() => new CountOperator<int>(every: 2))
            .EndEpoch()
            .ExpectNothing()
            .Feed(1, 2)
            .EndEpoch()
            .Expect(2L)
            .EndEpoch()
            .EndEpoch()
            .Expect(0L)
            .Run();
}
