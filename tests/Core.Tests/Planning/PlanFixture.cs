using System.Diagnostics;
using Millrace.Connectors;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Planning;

namespace Millrace.Core.Tests.Planning;

/// <summary>Graphs whose parts are never run.</summary>
internal static class PlanFixture
{
    public static JobGraph Plan(this StreamGraph graph, int parallelism = 2, int keyGroups = 128, Guarantee? guarantee = null) =>
        GraphPlanner.Plan(graph, new PlanOptions(parallelism, keyGroups, guarantee));

    public static OutputPort<(string, int)> Source(this StreamGraph graph, string kind = "queue", int? splits = null, NodeOptions? options = null, bool isReplayable = true) =>
        graph.AddSource(kind, new NoSource(splits, isReplayable), options);

    public static OutputPort<(string, int)> Then(
        this OutputPort<(string, int)> input, StreamGraph graph, string kind, NodeOptions? options = null, Exchange<(string, int)>? exchange = null) =>
        graph.AddOperator<(string, int), (string, int)>(kind, input, NoOperator, options, exchange);

    public static OutputPort<(string, int)> ByKey(this OutputPort<(string, int)> input, StreamGraph graph, string kind, NodeOptions? options = null) =>
        input.Then(graph, kind, (options ?? NodeOptions.Default) with { IsStateful = true }, Hash);

    public static void Sink(this OutputPort<(string, int)> input, StreamGraph graph, string kind = "print", SinkCapability capability = SinkCapability.AtLeastOnce) =>
        graph.AddSink(kind, input, new NoSink(capability));

    public static Exchange<(string, int)> Hash => Exchange<(string, int)>.Hash(new KeyPartitioner<string, int>());

    public static Exchange<(string, int)> ExchangeBy(ExchangeKind kind) => kind switch
    {
        ExchangeKind.Forward => Exchange<(string, int)>.Forward,
        ExchangeKind.Hash => Hash,
        ExchangeKind.Broadcast => Exchange<(string, int)>.Broadcast,
        ExchangeKind.Rebalance => Exchange<(string, int)>.Rebalance,
        ExchangeKind.Rescale => Exchange<(string, int)>.Rescale,
        ExchangeKind.Global => Exchange<(string, int)>.Global,
        ExchangeKind.Direct => Exchange<(string, int)>.Direct(row => row.Item2),
        ExchangeKind.TwoChoice => Exchange<(string, int)>.TwoChoice(new KeyPartitioner<string, int>()),
        ExchangeKind.LocalOrShuffle => Exchange<(string, int)>.LocalOrShuffle,
        ExchangeKind.Custom => Exchange<(string, int)>.Custom(new NoSelector()),
        _ => throw new UnreachableException(),
    };

    /// <summary>An operator that takes pairs on every port.</summary>
    public static Operator NoOperator() => new PairsOperator();

    /// <summary>Ids by stage: <c>queue map(queue) | print(queue)</c>.</summary>
    public static string Shape(this JobGraph plan) =>
        string.Join(" | ", plan.Stages.Select(stage => string.Join(' ', stage.Nodes.Select(node => plan.IdOf(node).Name))));

    private sealed class NoSelector : ChannelSelector<(string, int)>
    {
        public override void SelectPartitions(ReadOnlySpan<(string, int)> rows, Span<int> partitions, int parallelism) => throw new NotSupportedException();
    }

    private sealed class PairsOperator : Operator, IInput<(string, int)>
    {
        public override IInput<T> Input<T>(int port) => this as IInput<T> ?? base.Input<T>(port);

        public void OnBatch(Batch<(string, int)> batch) => throw new NotSupportedException();
    }

    private sealed class NoSource(int? splits, bool isReplayable) : ISource<(string, int)>
    {
        public string Description => "none";

        public bool IsReplayable => isReplayable;

        public int? Splits => splits;

        public ISplitReader<(string, int)> Open(SplitContext context) => throw new NotSupportedException();
    }

    private sealed class NoSink(SinkCapability capability) : ISink<(string, int)>
    {
        public string Description => "none";

        public SinkCapability Capability => capability;

        public ISinkWriter<(string, int)> Open(SinkContext context) => throw new NotSupportedException();
    }
}
