using Millrace.Connectors;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Planning;

namespace Millrace.Core.Tests.Planning;

public sealed class GuaranteeTests
{
    private readonly StreamGraph _graph = new();

    [Theory]
    [InlineData(SinkCapability.Transactional, SinkCapability.Idempotent, Guarantee.ExactlyOnce, "exactly once")]
    [InlineData(SinkCapability.Transactional, SinkCapability.AtLeastOnce, Guarantee.AtLeastOnce, "at least once")]
    [InlineData(SinkCapability.AtLeastOnce, SinkCapability.Idempotent, Guarantee.AtLeastOnce, "at least once")]
    public void The_weakest_sink_counts(SinkCapability first, SinkCapability second, Guarantee expected, string shown)
    {
        var source = _graph.Source();
        source.Sink(_graph, "first", first);
        source.Sink(_graph, "second", second);

        var plan = _graph.Plan();

        Assert.Equal(expected, plan.Guarantee);
        Assert.Equal(shown, plan.Explain().Split('\n')[1]);
    }

    [Fact]
    public void Sources_that_cannot_be_read_again_are_listed()
    {
        _graph.Source("file").Sink(_graph, capability: SinkCapability.Idempotent);
        _graph.Source("socketText", isReplayable: false).Sink(_graph, capability: SinkCapability.Idempotent);
        _graph.Source("queue", isReplayable: false).Sink(_graph, capability: SinkCapability.Idempotent);

        Assert.Equal(
            "exactly once; volatile: socketText, queue (what a killed process had received and not committed is lost)",
            _graph.Plan().Explain().Split('\n')[1]);
    }

    [Fact]
    public void A_plan_that_gives_less_is_refused()
    {
        var source = _graph.Source();
        source.Sink(_graph, "ledger", SinkCapability.Transactional);
        source.Sink(_graph, "print");

        Assert.Equal(
            "JobOptions.Guarantee is ExactlyOnce, sink print(queue) gives AtLeastOnce: a run again of an epoch writes its records again. " +
            "Use a transactional or idempotent sink there, or set the guarantee to AtLeastOnce or null.",
            Assert.Throws<GraphException>(() => _graph.Plan(guarantee: Guarantee.ExactlyOnce)).Message);
    }

    [Fact]
    public void A_plan_that_gives_as_much_or_more_is_accepted()
    {
        _graph.Source().Sink(_graph, capability: SinkCapability.Idempotent);

        Assert.Equal(Guarantee.ExactlyOnce, _graph.Plan(guarantee: Guarantee.ExactlyOnce).Guarantee);
        Assert.Equal(Guarantee.ExactlyOnce, _graph.Plan(guarantee: Guarantee.AtLeastOnce).Guarantee);
    }
}
