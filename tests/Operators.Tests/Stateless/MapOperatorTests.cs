using Millrace.Data;

namespace Millrace.Operators.Stateless;

public sealed class MapOperatorTests() : OperatorTests(typeof(MapOperator<,>))
{
    [Fact]
    public void Gives_one_row_for_each_row() =>
        For(() => new MapOperator<int, string>(row => $"#{row}"))
            .Feed(1, 2, 3)
            .Expect("#1", "#2", "#3")
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Splits_a_batch_whose_results_are_wider_than_its_rows()
    {
        var rows = Enumerable.Range(0, Batch<int>.FullSize).ToArray();
        Assert.True(Batch<Wide>.FullSize < Batch<int>.FullSize);

        For(() => new MapOperator<int, Wide>(row => new(row, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)))
            .Feed(rows)
            .Expect([.. rows.Select(row => new Wide(row, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))])
            .Run();
    }

    [Fact]
    public void Names_the_operator_when_its_function_throws()
    {
        var harness = For(() => new MapOperator<int, int>(row => 10 / row)).Feed(2, 0);

        var failure = Assert.Throws<UserFunctionException>(harness.Run);

        Assert.Equal("Operator MapOperator threw DivideByZeroException: Attempted to divide by zero.", failure.Message);
        Assert.Equal(new OperatorId("MapOperator"), failure.Operator);
    }

    // 96 bytes: 80,000 bytes hold fewer than 1024 of them.
    private readonly record struct Wide(long A, long B, long C, long D, long E, long F, long G, long H, long I, long J, long K, long L);
}
