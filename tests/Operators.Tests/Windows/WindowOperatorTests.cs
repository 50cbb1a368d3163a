using CsCheck;
using Millrace.Data;

namespace Millrace.Operators.Windows;

public sealed class WindowOperatorTests() : OperatorTests(typeof(WindowOperator<>))
{
    [Fact]
    public void Gives_the_rows_of_the_last_batches_oldest_first() =>
        For(() => new WindowOperator<int>(3, 1))
            .Feed(1, 2)
            .ExpectNothing()
            .EndEpoch()
            .Expect(1, 2)
            .EndEpoch()
            .Expect(1, 2)
            .Feed(3)
            .EndEpoch()
            .Expect(1, 2, 3)
            .Feed(4)
            .EndEpoch()
            .Expect(3, 4)
            .EndEpoch()
            .EndEpoch()
            .Expect(3, 4, 4)
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Leaves_out_the_batches_between_windows() =>
        For(() => new WindowOperator<int>(2, 3))
            .Feed(0).EndEpoch().Feed(1).EndEpoch().ExpectNothing().Feed(2).EndEpoch()
            .Expect(1, 2)
            .Feed(3).EndEpoch().Feed(4).EndEpoch().ExpectNothing().Feed(5).EndEpoch()
            .Expect(4, 5)
            .Run();

    [Fact]
    public void Gives_more_rows_than_a_batch_holds()
    {
        var rows = Enumerable.Range(0, (2 * Batch<int>.FullSize) + 7).ToArray();

        For(() => new WindowOperator<int>(2, 2)).Feed(rows).EndEpoch().Feed(-1).EndEpoch().Expect([.. rows, -1]).Run();
    }

    [Fact]
    public void Gives_the_windows_of_an_array() => Gen.Select(Gen.Int.Array[0, 4].Array[1, 14], Batches.Windows).Sample((batches, window) =>
    {
        var harness = For(() => new WindowOperator<int>(window.Window, window.Slide));
        harness.Play(batches, batch =>
        {
            if (batch % window.Slide == 0)
                harness.Expect(Batches.Window(batches, batch, window.Window));
            else
                harness.ExpectNothing();
        });
    }, iter: 200);

    [Fact]
    public void Refuses_an_empty_window_and_a_slide_of_zero()
    {
        For(() => new WindowOperator<int>(1, 1)).Run();

        Assert.Throws<ArgumentOutOfRangeException>(() => new WindowOperator<int>(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WindowOperator<int>(1, 0));
    }
}
