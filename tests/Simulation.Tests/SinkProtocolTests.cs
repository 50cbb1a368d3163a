using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Protocol.SinkMessages;

namespace Millrace.Simulation.Tests;

public sealed class SinkProtocolTests
{
    private readonly List<ISinkEffect> _effects = [];

    [Fact]
    public void An_unknown_outcome_is_looked_up_and_counts_when_the_watermark_has_moved()
    {
        var sink = Started(0);
        Tell(sink, new Enqueue(1, 0, "rows"));

        Tell(sink, new ApplyEnded(1, AppendOutcome.Unknown, 0));
        Assert.IsType<ReadWatermark>(Assert.Single(_effects));
        Tell(sink, new WatermarkRead(1));

        Assert.Equal(new Applied(1), Assert.Single(_effects));
        Assert.Equal(0, sink.Pending);
    }

    [Fact]
    public void An_unknown_outcome_that_did_not_happen_is_tried_again()
    {
        var sink = Started(0);
        Tell(sink, new Enqueue(1, 0, "rows"));
        Tell(sink, new ApplyEnded(1, AppendOutcome.Unknown, 0));

        Tell(sink, new WatermarkRead(0));

        Assert.Equal(new Apply(1, 0, "rows", IsConditional: true), Assert.Single(_effects));
    }

    [Fact]
    public void Race_04_the_window_of_a_new_owner_starts_at_the_sinks_own_watermark()
    {
        var references = Enumerable.Range(1, 3).Select(e => new ControlMessages.EpochReference(e, e - 1, new RowAddress(Shapes.A, e)));
        var sink = new SinkProtocol([.. references], committed: 100);
        Tell(sink, new Start());

        Tell(sink, new WatermarkRead(1));

        Assert.Equal(new Applied(1), _effects[0]);
        Assert.Equal(2, Assert.IsType<FetchRows>(_effects[1]).Reference.Epoch);
        Tell(sink, new RowsFetched(2, "two"));
        Assert.Equal(new Apply(2, 1, "two", IsConditional: true), Assert.Single(_effects));
        Tell(sink, new ApplyEnded(2, AppendOutcome.Ok, 2));
        Assert.Equal(3, Assert.IsType<FetchRows>(_effects[1]).Reference.Epoch);
    }

    [Fact]
    public void Race_09_a_former_owner_that_writes_late_finds_the_epoch_applied()
    {
        var sink = Started(1);
        Tell(sink, new Enqueue(2, 1, "two"));

        Tell(sink, new ApplyEnded(2, AppendOutcome.Conflict, 3));

        Assert.Equal(new Applied(2), Assert.Single(_effects));
    }

    [Fact]
    public void One_transaction_is_outstanding_and_epochs_keep_their_order()
    {
        var sink = Started(0);
        Tell(sink, new Enqueue(1, 0, "one"));
        Tell(sink, new Enqueue(2, 1, "two"));
        Assert.Empty(_effects);

        Tell(sink, new ApplyEnded(1, AppendOutcome.Ok, 1));

        Assert.Equal([new Applied(1), new Apply(2, 1, "two", IsConditional: true)], _effects);
    }

    [Fact]
    public void A_failed_look_up_is_repeated_when_the_time_has_come()
    {
        var sink = new SinkProtocol([], committed: 100, retryMs: 50);
        Tell(sink, new Start());
        Tell(sink, new WatermarkUnknown());
        Assert.Equal(50, sink.NextWakeMs);

        Tell(sink, Tick.Instance, 50);

        Assert.IsType<ReadWatermark>(Assert.Single(_effects));
    }

    private SinkProtocol Started(long watermark)
    {
        var sink = new SinkProtocol([], committed: 100);
        Tell(sink, new Start());
        Tell(sink, new WatermarkRead(watermark));
        return sink;
    }

    private void Tell(SinkProtocol sink, ISinkInput input, long nowMs = 0)
    {
        _effects.Clear();
        sink.Step(input, nowMs, _effects);
    }
}
