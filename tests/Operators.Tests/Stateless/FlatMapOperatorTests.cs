using Millrace.Data;

namespace Millrace.Operators.Stateless;

public sealed class FlatMapOperatorTests() : OperatorTests(typeof(FlatMapOperator<,>))
{
    [Fact]
    public void Gives_the_rows_of_each_row_in_order() =>
        For(() => new FlatMapOperator<string, string>(line => line.Split(' ')))
            .Feed("to be or", "not to be")
            .Expect("to", "be", "or", "not", "to", "be")
            .Run();

    [Fact]
    public void Gives_nothing_for_an_empty_sequence() =>
        For(() => new FlatMapOperator<int, int>(_ => []))
            .Feed(1, 2)
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Gives_more_rows_than_a_batch_holds_for_one_row() =>
        For(() => new FlatMapOperator<int, int>(row => Enumerable.Range(row, 3000)))
            .Feed(0, 10_000)
            .Expect([.. Enumerable.Range(0, 3000), .. Enumerable.Range(10_000, 3000)])
            .Run();

    [Fact]
    public void Gives_an_array_larger_than_a_batch_whole() =>
        For(() => new FlatMapOperator<int, int>(row => Enumerable.Range(row, 3000).ToArray()))
            .Feed(5)
            .Expect([.. Enumerable.Range(5, 3000)])
            .Run();

    [Fact]
    public void Takes_a_function_that_adds_to_the_output() =>
        For(() => new FlatMapOperator<int, int>((row, output) =>
            {
                for (var time = 0; time < row; time++)
                    output.Add(row);
            }))
            .Feed(2, 0, 3)
            .Expect(2, 2, 3, 3, 3)
            .Run();

    [Fact]
    public void Names_the_operator_when_its_function_returns_null()
    {
        var harness = For(() => new FlatMapOperator<int, int>((Func<int, IEnumerable<int>>)(_ => null!))).Feed(1);

        var failure = Assert.Throws<UserFunctionException>(harness.Run);

        Assert.Equal(new OperatorId("FlatMapOperator"), failure.Operator);
        Assert.Contains("Operator FlatMapOperator threw", failure.Message, StringComparison.Ordinal);
        Assert.Contains("returned null", failure.Message, StringComparison.Ordinal);
    }
}
