using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Exchange;

public sealed class OutputChannelTests
{
    private static readonly EpochInfo First = new(new Epoch(1), 0, 0);

    private readonly RecordingRef _receiver = new();
    private readonly ChannelMeter _meter = new();
    private readonly TaskProtocol _protocol = new(0, new TaskShape(IsSource: true, IsSink: false, [], [1]), generation: 1, committed: 0, [1]);
    private readonly OutputChannel _channel;

    public OutputChannelTests()
    {
        _channel = new OutputChannel(new TaskPlace(_receiver), channel: 3, credits: 2, _meter);
        _channel.Start(_protocol, output: 0, generation: 1);
    }

    private IEnumerable<ChannelItem> Items => _receiver.Messages.Cast<ChannelItem>();

    [Fact]
    public void Batches_beyond_the_credit_wait_for_it()
    {
        Send(1, 2, 3);

        Assert.True(_channel.IsBlocked);
        Assert.Equal(2, _receiver.Messages.Count);
        Assert.Equal(2, _meter.InFlight);
        _channel.Grant(generation: 1, batches: 1);
        Assert.False(_channel.IsBlocked);
        Assert.Equal([0, 1, 2], Items.Select(item => item.Sequence));
        Assert.All(Items, item => Assert.Equal((3, 1), (item.Channel, item.Generation)));
    }

    [Fact]
    public void A_barrier_needs_no_credit_but_keeps_its_place()
    {
        Send(1, 2);
        _channel.Send(First, ControlItem.Barrier.Instance);
        Send(3);
        _channel.Send(First, ControlItem.Barrier.Instance);

        Assert.Equal([false, false, true], Items.Select(item => item.IsBarrier));
        _channel.Grant(generation: 1, batches: 1);
        Assert.Equal([false, false, true, false, true], Items.Select(item => item.IsBarrier));
    }

    [Fact]
    public void Credit_of_an_older_generation_is_void()
    {
        Send(1, 2, 3);

        _channel.Grant(generation: 0, batches: 5);

        Assert.True(_channel.IsBlocked);
    }

    [Fact]
    public void A_new_generation_has_full_credit_and_nothing_waits()
    {
        Send(1, 2, 3, 4);
        _protocol.Adopt(generation: 2, @base: 0, [2]);
        _channel.Adopt(2);
        _receiver.Messages.Clear();

        Send(5, 6, 7);

        Assert.Equal([(2, 0L), (2, 1L)], Items.Select(item => (item.Generation, item.Sequence)));
        Assert.Equal(2, _meter.Credits);
    }

    private void Send(params int[] rows)
    {
        foreach (var row in rows)
            _channel.Send(First, Batch<int>.Of(row));
    }
}
