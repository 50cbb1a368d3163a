using CsCheck;

namespace Millrace.Operators.Windows;

public sealed class ReduceByWindowOperatorTests() : OperatorTests(typeof(ReduceByWindowOperator<>))
{
    [Fact]
    public void Gives_nothing_for_an_empty_window_without_an_inverse() =>
        For(() => new ReduceByWindowOperator<int>((x, y) => x + y, null, 2, 1))
            .EndEpoch()
            .ExpectNothing()
            .Feed(1, 2)
            .Feed(3)
            .EndEpoch()
            .Expect(6)
            .EndEpoch()
            .Expect(6)
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Gives_a_value_from_the_first_row_on_with_an_inverse() =>
        For(() => new ReduceByWindowOperator<long>((x, y) => x + y, (x, y) => x - y, 2, 1))
            .EndEpoch()
            .ExpectNothing()
            .Feed(1L, 1L)
            .EndEpoch().EndEpoch().EndEpoch().EndEpoch()
            .Expect(2L, 2L, 0L, 0L)
            .Run();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Joins_texts_in_the_order_of_arrival(bool hasInverse) => Gen.Select(Gen.Int[0, 99].Array[0, 4].Array[1, 14], Batches.Windows).Sample((batches, window) =>
    {
        var rows = batches.Select(batch => batch.Select(row => $"{row};").ToArray()).ToArray();
        var harness = For(() => new ReduceByWindowOperator<string>(
            (x, y) => x + y, hasInverse ? (x, y) => x[y.Length..] : null, window.Window, window.Slide));
        var wasSeen = false;
        harness.Play(rows, batch =>
        {
            var texts = batch % window.Slide == 0 ? Batches.Window(rows, batch, window.Window) : [];
            wasSeen |= texts.Length > 0;
            if (batch % window.Slide == 0 && (hasInverse ? wasSeen : texts.Length > 0))
                harness.Expect(string.Concat(texts));
            else
                harness.ExpectNothing();
        });
    }, iter: 200);
}
