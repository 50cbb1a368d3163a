using Millrace.Data;

namespace Millrace.Operators.Stateless;

public sealed class MapPartitionsOperatorTests() : OperatorTests(typeof(MapPartitionsOperator<,>))
{
    [Fact]
    public void Maps_all_rows_of_an_epoch_at_once_in_the_order_of_arrival() =>
        For(() => new MapPartitionsOperator<int, string>(rows => [string.Join(',', rows), "end"]))
            .Feed(3, 1)
            .Feed(2)
            .ExpectNothing()
            .EndEpoch()
            .Expect("3,1,2", "end")
            .Run();

    [Fact]
    public void Calls_the_function_for_an_empty_epoch() =>
        For(() => new MapPartitionsOperator<int, int>(rows => [rows.Sum()]))
            .EndEpoch()
            .Expect(0)
            .Feed(1, 2)
            .EndEpoch()
            .EndEpoch()
            .Expect(3, 0)
            .Run();

    [Fact]
    public void Calls_the_function_in_due_epochs_only() =>
        For(() => new MapPartitionsOperator<int, int>(rows => [rows.Sum()], every: 2))
            .EndEpoch()
            .ExpectNothing()
            .Feed(4)
            .EndEpoch()
            .Expect(4)
            .EndEpoch()
            .ExpectNothing()
            .EndEpoch()
            .Expect(0)
            .Run();

    [Fact]
    public void Reads_a_lazy_sequence_before_the_epoch_is_over() =>
        For(() => new MapPartitionsOperator<int, int>(rows => rows.Where(row => row > 1).Select(row => row * 10)))
            .Feed(1, 2, 3)
            .EndEpoch()
            .Expect(20, 30)
            .Run();

    [Fact]
    public void Names_the_operator_when_its_function_returns_null()
    {
        var harness = For(() => new MapPartitionsOperator<int, int>(_ => null!)).EndEpoch();

        var failure = Assert.Throws<UserFunctionException>(harness.Run);

        Assert.Equal(new OperatorId("MapPartitionsOperator"), failure.Operator);
        Assert.Contains("returned null", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_function_that_is_null_and_a_step_of_zero()
    {
        For(() => new MapPartitionsOperator<int, int>(rows => rows)).Run();

        Assert.Throws<ArgumentNullException>(() => new MapPartitionsOperator<int, int>(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MapPartitionsOperator<int, int>(rows => rows, every: 0));
    }
}
