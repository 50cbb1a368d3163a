using Millrace.Data;

namespace Millrace.Operators.Stateless;

public sealed class UnionOperatorTests() : OperatorTests(typeof(UnionOperator<>))
{
    [Fact]
    public void Passes_on_the_rows_of_every_port() =>
        For(() => new UnionOperator<int>(3))
            .FeedTo(0, 1, 2)
            .FeedTo(2, 5)
            .FeedTo(1, 3, 4)
            .Expect(1, 2, 5, 3, 4)
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Has_no_more_ports_than_asked_for()
    {
        var harness = For(() => new UnionOperator<int>(2)).FeedTo(2, 1);

        var failure = Assert.Throws<GraphException>(harness.Run);

        Assert.Equal("Operator UnionOperator`1 has no input port 2 for rows of Int32.", failure.Message);
    }

    [Fact]
    public void Takes_rows_of_its_type_only() =>
        Assert.Throws<GraphException>(For(() => new UnionOperator<int>(2)).FeedTo(1, "a").Run);
}
