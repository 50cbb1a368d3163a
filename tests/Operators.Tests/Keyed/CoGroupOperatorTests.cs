using CsCheck;
using Millrace.Data;

namespace Millrace.Operators.Keyed;

public sealed class CoGroupOperatorTests() : OperatorTests(typeof(CoGroupOperator<,,,>))
{
    [Fact]
    public void Calls_once_for_each_key_of_either_side() =>
        For(() => new CoGroupOperator<string, int, string, string>(Show))
            .Feed(("a", 1), ("a", 2), ("b", 1))
            .FeedTo(1, ("a", "x"), ("c", "y"), ("c", "z"))
            .Feed(("a", 3))
            .ExpectNothing()
            .EndEpoch()
            .ExpectAnyOrder("a:1,2,3:x", "b:1:", "c::y,z")
            .FeedTo(1, ("b", "w"))
            .EndEpoch()
            .Expect("b::w")
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Tells_its_ports_apart_where_both_take_rows_of_one_type() =>
        For(() => new CoGroupOperator<string?, int, int, string>(Show))
            .FeedTo<(string?, int)>(1, (null, 2))
            .FeedTo<(string?, int)>(0, (null, 1))
            .EndEpoch()
            .Expect(":1:2")
            .Run();

    [Fact]
    public void Joins_by_what_its_function_adds() =>
        For(() => new CoGroupOperator<int, string, string, (string, string)>((_, left, right, output) =>
            {
                foreach (var one in left)
                {
                    foreach (var other in right)
                        output.Add((one, other));
                }
            }))
            .Feed((1, "a"), (1, "b"), (2, "c"))
            .FeedTo(1, (1, "x"), (1, "y"), (3, "z"))
            .EndEpoch()
            .ExpectAnyOrder(("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"))
            .Run();

    [Fact]
    public void Groups_both_sides_like_linq() => Gen.Select(Batches.Pairs, Batches.Pairs).Sample((left, right) =>
    {
        var harness = For(() => new CoGroupOperator<string?, int, int, (string?, string, string)>(
            (key, lefts, rights, output) => output.Add((key, string.Join(',', lefts), string.Join(',', rights)))));
        for (var batch = 0; batch < Math.Min(left.Length, right.Length); batch++)
        {
            var (lefts, rights) = (left[batch], right[batch]);
            harness.FeedTo(1, rights).FeedTo(0, lefts).EndEpoch().ExpectAnyOrder(
                [.. lefts.Concat(rights).Select(row => row.Key).Distinct().Select(key => (key, Values(lefts, key), Values(rights, key)))]);
        }

        harness.Run();
    }, iter: 200);

    [Fact]
    public void Has_two_input_ports()
    {
        var harness = For(() => new CoGroupOperator<string, int, string, string>(Show)).FeedTo(2, ("a", "x"));

        Assert.Throws<GraphException>(harness.Run);
    }

    private static void Show<TLeft, TRight>(string? key, IReadOnlyList<TLeft> left, IReadOnlyList<TRight> right, Output<string> output) =>
        output.Add($"{key}:{string.Join(',', left)}:{string.Join(',', right)}");

    private static string Values((string? Key, int Value)[] rows, string? key) =>
        string.Join(',', rows.Where(row => row.Key == key).Select(row => row.Value));
}
