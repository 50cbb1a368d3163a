using CsCheck;

namespace Millrace.Operators.Windows;

public sealed class GroupByKeyAndWindowOperatorTests() : OperatorTests(typeof(GroupByKeyAndWindowOperator<,>))
{
    [Fact]
    public void Gives_the_values_of_each_key_oldest_first() =>
        For(() => new GroupByKeyAndWindowOperator<string, int>(2, 1)).Shown<string, int>()
            .Feed(("a", 3), ("a", 1))
            .ExpectNothing()
            .EndEpoch()
            .Expect(("a", "3,1"))
            .Feed(("b", 1))
            .Feed(("a", 2))
            .EndEpoch()
            .ExpectAnyOrder(("a", "3,1,2"), ("b", "1"))
            .EndEpoch()
            .ExpectAnyOrder(("a", "2"), ("b", "1"))
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Groups_windows_like_linq() => Gen.Select(Batches.Pairs, Batches.Windows).Sample((batches, window) =>
    {
        var harness = For(() => new GroupByKeyAndWindowOperator<string?, int>(window.Window, window.Slide)).Shown<string?, int>();
        harness.Play(batches, batch =>
        {
            if (batch % window.Slide != 0)
                harness.ExpectNothing();
            else
                harness.ExpectAnyOrder([.. Batches.Window(batches, batch, window.Window)
                    .GroupBy(row => row.Key, (key, rows) => (key, string.Join(',', rows.Select(row => row.Value))))]);
        });
    }, iter: 200);
}
