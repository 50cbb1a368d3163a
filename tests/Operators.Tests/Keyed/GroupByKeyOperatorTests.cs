using CsCheck;

namespace Millrace.Operators.Keyed;

public sealed class GroupByKeyOperatorTests() : OperatorTests(typeof(GroupByKeyOperator<,>))
{
    [Fact]
    public void Gives_the_values_of_each_key_in_the_order_of_arrival() =>
        For(() => new GroupByKeyOperator<string, int>()).Shown<string, int>()
            .Feed(("a", 3), ("b", 2), ("a", 1))
            .Feed(("a", 2))
            .ExpectNothing()
            .EndEpoch()
            .ExpectAnyOrder(("a", "3,1,2"), ("b", "2"))
            .EndEpoch()
            .ExpectNothing()
            .Feed(("b", 5))
            .EndEpoch()
            .Expect(("b", "5"))
            .Run();

    [Fact]
    public void Groups_like_linq() => Batches.Pairs.Sample(batches =>
    {
        var harness = For(() => new GroupByKeyOperator<string?, int>()).Shown<string?, int>();
        harness.Play(batches, batch => harness.ExpectAnyOrder(
            [.. batches[batch - 1].GroupBy(row => row.Key, (key, rows) => (key, string.Join(',', rows.Select(row => row.Value))))]));
    }, iter: 200);
}
