using Millrace.Time;

namespace Millrace.Core.Tests.Time;

public sealed class WatermarkMergerTests
{
    [Fact]
    public void Nothing_is_promised_until_every_channel_has_promised()
    {
        var merger = new WatermarkMerger(2);

        Assert.False(merger.Advance(0, new(10)));
        Assert.Equal(Watermark.Minimum, merger.Current);
        Assert.True(merger.Advance(1, new(7)));
        Assert.Equal(new(7), merger.Current);
    }

    [Fact]
    public void It_is_the_minimum_of_the_channels()
    {
        var merger = new WatermarkMerger(3);
        merger.Advance(0, new(10));
        merger.Advance(1, new(20));
        merger.Advance(2, new(30));

        Assert.True(merger.Advance(0, new(25)));
        Assert.Equal(new(20), merger.Current);
        Assert.False(merger.Advance(2, new(40)));
        Assert.Equal(new(20), merger.Current);
    }

    [Fact]
    public void Idle_channel_is_left_out_of_the_minimum()
    {
        var merger = new WatermarkMerger(2);
        merger.Advance(0, new(10));

        Assert.True(merger.SetIdle(1));
        Assert.Equal(new(10), merger.Current);
        Assert.True(merger.Advance(0, new(15)));
        Assert.Equal(new(15), merger.Current);
    }

    [Fact]
    public void Idle_channel_counts_again_from_its_next_watermark()
    {
        var merger = new WatermarkMerger(2);
        merger.Advance(0, new(10));
        merger.SetIdle(1);
        merger.Advance(1, new(12));

        Assert.True(merger.Advance(0, new(20)));

        Assert.Equal(new(12), merger.Current);
    }

    [Fact]
    public void Idle_channel_holds_back_the_end_of_its_neighbours()
    {
        var merger = new WatermarkMerger(2);
        merger.Advance(0, new(10));
        merger.SetIdle(1);

        Assert.False(merger.Advance(0, Watermark.Maximum));
        Assert.True(merger.Advance(1, new(12)));
        Assert.Equal(new(12), merger.Current);
        Assert.True(merger.Advance(1, Watermark.Maximum));
        Assert.Equal(Watermark.Maximum, merger.Current);
    }

    [Fact]
    public void It_never_goes_back()
    {
        var merger = new WatermarkMerger(2);
        merger.SetIdle(1);
        merger.Advance(0, new(100));

        Assert.False(merger.Advance(1, new(40)));
        Assert.Equal(new(100), merger.Current);
        Assert.False(merger.Advance(0, new(90)));
        Assert.Equal(new(100), merger.Current);
        Assert.False(merger.Advance(1, new(105)));
        Assert.Equal(new(100), merger.Current);
    }

    [Fact]
    public void All_channels_idle_leave_it_where_it_is()
    {
        var merger = new WatermarkMerger(2);
        merger.Advance(0, new(5));
        merger.Advance(1, new(8));

        Assert.True(merger.SetIdle(0));
        Assert.Equal(new(8), merger.Current);
        Assert.False(merger.SetIdle(1));
        Assert.Equal(new(8), merger.Current);
    }

    [Fact]
    public void Channels_that_end_let_it_end()
    {
        var merger = new WatermarkMerger(2);
        merger.Advance(0, Watermark.Maximum);
        merger.Advance(1, Watermark.Maximum);

        Assert.Equal(Watermark.Maximum, merger.Current);
    }

    [Fact]
    public void A_copy_gives_back_watermarks_and_idleness()
    {
        var merger = new WatermarkMerger(2);
        merger.Advance(0, new Watermark(10));
        merger.Advance(1, new Watermark(5));
        var copy = merger.Copy();
        merger.SetIdle(1);
        Assert.Equal(new Watermark(10), merger.Current);

        merger.Restore(copy);

        Assert.Equal(new Watermark(5), merger.Current);
        Assert.False(merger.IsIdle);
        Assert.True(merger.Advance(1, new Watermark(7)));
    }
}
