using System.Diagnostics;
using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Tasks;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Tasks;

public sealed class SliceSizeTests
{
    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    private readonly SliceSize _size = new(TimeSpan.FromMilliseconds(8));

    [Fact]
    public void A_fast_chain_gets_whole_batches()
    {
        foreach (var rows in new[] { 64, 128, 256, 512, 1024 })
        {
            Assert.Equal(rows, _size.Rows);
            _size.Adapt(rows, Millisecond);
        }

        Assert.Equal(1024, _size.Rows);
    }

    [Fact]
    public void A_slow_chain_gets_as_many_rows_as_half_of_the_delay_has_room_for()
    {
        _size.Adapt(64, 64 * Millisecond);

        Assert.Equal(4, _size.Rows);
    }

    [Fact]
    public void A_row_that_takes_longer_than_the_delay_goes_alone_and_few_rows_prove_no_speed()
    {
        _size.Adapt(1, 1000 * Millisecond);
        Assert.Equal(1, _size.Rows);

        _size.Adapt(0, 1000 * Millisecond);
        Assert.Equal(1, _size.Rows);

        _size.Adapt(1, Millisecond);
        _size.Adapt(1, Millisecond);
        Assert.Equal(2, _size.Rows);
    }

    [Fact]
    public void Without_a_delay_slices_take_half_a_millisecond()
    {
        var size = new SliceSize(TimeSpan.Zero);

        size.Adapt(64, 4 * Millisecond);

        Assert.Equal(8, size.Rows);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_slice_has_its_rows_and_their_sides_and_owns_what_it_writes(bool isView)
    {
        var batch = isView ? Batch<string>.View(["x", "a", "b", "c", "d"], 1, 4) : Batch<string>.Of("a", "b", "c", "d");
        new long[] { 1, 2, 3, 4 }.CopyTo(batch.AttachTimes());
        new[] { ChangeKind.Insert, ChangeKind.Delete, ChangeKind.Insert, ChangeKind.Delete }.CopyTo(batch.AttachChanges());

        var slice = (Batch<string>)new ChainInput<string>(new Output<string>(null, null, new OperatorProgress())).SliceOf(batch, 1, 2);
        batch.Release();

        Assert.Equal(["b", "c"], slice.Rows.ToArray());
        Assert.Equal([2, 3], slice.Times.ToArray());
        Assert.Equal([ChangeKind.Delete, ChangeKind.Insert], slice.Changes.ToArray());
        Assert.Equal(isView, slice.IsView);
    }

    [Fact]
    public void Half_filled_batches_do_not_queue_up_where_a_channel_waits_for_credit()
    {
        var receiver = new RecordingRef();
        var channel = new OutputChannel(new TaskPlace(receiver), 0, credits: 0, new ChannelMeter());
        var gate = new OutputGate<int>([channel], Graphs.ExchangeKind.Global, null);
        gate.OnBatch(Batch<int>.Of(1));
        gate.Flush();
        Assert.True(channel.IsBlocked);

        gate.OnBatch(Batch<int>.Of(2));
        gate.Flush();

        Assert.True(gate.HasOpenRows);
    }
}
