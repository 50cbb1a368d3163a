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

    [Theory]
    [InlineData(3, 0, true)]
    [InlineData(4, 0, false)]
    [InlineData(0, 4, false)]
    [InlineData(0, 3, true)]
    public void A_sink_that_lacks_epochs_which_are_kept_no_longer_is_refused(long watermark, long origin, bool isRefused)
    {
        foreach (var references in (ControlMessages.EpochReference[][])[[new(5, 4, new RowAddress(Shapes.A, 5)), new(6, 5, new RowAddress(Shapes.A, 6))], []])
        {
            var sink = new SinkProtocol([.. references], committed: references.Length > 0 ? 6 : 4, origin);
            Tell(sink, new Start());

            Tell(sink, new WatermarkRead(watermark));

            Assert.Equal(isRefused, _effects is [Contradiction { Reason: var reason }] && reason.StartsWith("epoch 4 or a later one expected as the last one there, epoch", StringComparison.Ordinal));
        }
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
        var sink = new SinkProtocol([], committed: 0, retryMs: 50);
        Tell(sink, new Start());
        Tell(sink, new WatermarkUnknown());
        Assert.Equal(50, sink.NextWakeMs);

        Tell(sink, Tick.Instance, 50);

        Assert.IsType<ReadWatermark>(Assert.Single(_effects));
    }

    private SinkProtocol Started(long watermark)
    {
        var sink = new SinkProtocol([], committed: watermark);
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
