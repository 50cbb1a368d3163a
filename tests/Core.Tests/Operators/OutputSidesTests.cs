using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Core.Tests.Operators;

/// <summary>Event times and change kinds on their way through an output.</summary>
public sealed class OutputSidesTests
{
    private readonly List<Batch<int>> _batches = [];

    [Fact]
    public void Rows_carry_the_stamp_that_was_set_before_them()
    {
        var output = Output();
        output.Stamp(10);
        output.Add(1);
        output.AddRange([2, 3]);
        output.Stamp(20);
        output.Add(4);
        output.Flush();

        Assert.Equal([10, 10, 10, 20], Assert.Single(_batches).Times);
        Assert.True(_batches[0].Changes.IsEmpty);
    }

    [Fact]
    public void Stamps_go_on_over_full_batches()
    {
        var output = Output();
        for (var row = 0; row < 3000; row++)
        {
            if (row % 100 == 0)
                output.Stamp(row);
            output.Add(row);
        }

        output.Flush();

        Assert.All(_batches, batch => Assert.Equal(batch.Rows.ToArray().Select(row => row / 100 * 100L), batch.Times.ToArray()));
        Assert.Equal(3000, _batches.Sum(batch => batch.Count));
    }

    [Fact]
    public void Rows_without_sides_do_not_share_a_batch_with_others()
    {
        var output = Output();
        var plain = Batch<int>.Of(1);
        var changed = Batch<int>.Of(2);
        changed.AttachChanges()[0] = ChangeKind.Delete;
        foreach (var (batch, row) in new[] { (plain, 1), (changed, 2), (changed, 3), (plain, 4) })
        {
            output.Follow(batch, 0);
            output.Add(row);
        }

        output.Flush();

        Assert.Equal([[1], [2, 3], [4]], _batches.Select(batch => batch.Rows.ToArray()));
        Assert.Equal([ChangeKind.Delete, ChangeKind.Delete], _batches[1].Changes.ToArray());
        Assert.False(_batches[0].HasSides || _batches[2].HasSides);
    }

    [Fact]
    public void Discarded_rows_take_their_sides_along()
    {
        var output = Output();
        output.Stamp(1);
        output.Add(1);
        output.Stamp(2);
        output.Discard();
        output.Stamp(3);
        output.Add(2);
        output.Flush();

        Assert.Equal([3], Assert.Single(_batches).Times);
    }

    private Output<int> Output() => new(new Listener(_batches), null, new OperatorProgress());

    private sealed class Listener(List<Batch<int>> batches) : IInput<int>
    {
        public void OnBatch(Batch<int> batch) => batches.Add(batch);
    }
}
