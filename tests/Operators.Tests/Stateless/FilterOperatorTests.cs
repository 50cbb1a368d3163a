namespace Millrace.Operators.Stateless;

public sealed class FilterOperatorTests() : OperatorTests(typeof(FilterOperator<>))
{
    [Fact]
    public void Keeps_the_rows_for_which_the_predicate_holds_in_their_order() =>
        For(() => new FilterOperator<int>(row => row % 2 == 0))
            .Feed(1, 2, 3, 4, 4, 5)
            .Expect(2, 4, 4)
            .Feed(6)
            .EndEpoch()
            .Expect(6)
            .Run();

    [Fact]
    public void Keeps_all_rows_and_nulls() =>
        For(() => new FilterOperator<string?>(_ => true))
            .Feed("a", null, "b")
            .Expect("a", null, "b")
            .Run();

    [Fact]
    public void Gives_nothing_when_no_row_is_kept() =>
        For(() => new FilterOperator<string>(_ => false))
            .Feed("a", "b")
            .ExpectNothing()
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Keeps_the_order_over_more_than_one_batch()
    {
        var rows = Enumerable.Range(0, 5000).ToArray();

        For(() => new FilterOperator<int>(row => row % 3 != 1))
            .Feed(rows)
            .Expect([.. rows.Where(row => row % 3 != 1)])
            .Run();
    }
}
