using Millrace.Connectors.Memory;
using Millrace.Graphs;
using Millrace.Operators.Stateless;
using Millrace.Planning;
using Millrace.Runtime.Tasks;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Tasks;

public sealed class TaskTopologyTests
{
    [Fact]
    public void Sender_and_receiver_number_every_channel_alike()
    {
        var kinds = new HashSet<ExchangeKind>();
        for (var seed = 0; seed < 500; seed++)
        {
            var topology = new TaskTopology(GraphPlanner.Plan(RandomGraph(new Random(seed)), new PlanOptions(3, KeyGroups: 8)));
            var channels = 0;
            for (var task = 0; task < topology.Count; task++)
            {
                var output = 0;
                foreach (var edge in topology.StageOf(task).Outputs)
                {
                    kinds.Add(topology.Graph.ExchangeOf(edge));
                    foreach (var (receiver, channel) in topology.Receivers(task, edge))
                    {
                        Assert.Equal((task, output), topology.Senders(receiver)[channel]);
                        Assert.Same(edge, topology.EdgesOfChannels(receiver)[channel]);
                        Assert.Equal(receiver, topology.Shape.Tasks[task].Downstream[output]);
                        Assert.Equal(task, topology.Shape.Tasks[receiver].Inputs[channel]);
                        output++;
                        channels++;
                    }
                }

                Assert.Equal(output, topology.Shape.Tasks[task].Downstream.Length);
            }

            Assert.Equal(channels, Enumerable.Range(0, topology.Count).Sum(task => topology.Senders(task).Count));
        }

        Assert.Equal(Enum.GetValues<ExchangeKind>().Length, kinds.Count);
    }

    [Theory]
    [InlineData(2, 4, "01 23")]
    [InlineData(1, 3, "012")]
    [InlineData(4, 2, "0 0 1 1")]
    [InlineData(3, 1, "0 0 0")]
    [InlineData(3, 3, "0 1 2")]
    [InlineData(2, 5, "01 234")]
    [InlineData(5, 2, "0 0 0 1 1")]
    [InlineData(3, 4, "0 1 23")]
    [InlineData(4, 3, "0 0 1 2")]
    public void A_rescale_connects_a_sender_with_its_block_alone(int senders, int receivers, string blocks)
    {
        var topology = Rescaled(senders, receivers);

        Assert.Equal(blocks, string.Join(' ', Enumerable.Range(0, senders).Select(sender => string.Concat(BlockOf(topology, sender)))));
    }

    [Fact]
    public void Blocks_of_a_rescale_are_as_even_as_can_be_and_reach_everybody()
    {
        for (var senders = 1; senders <= 12; senders++)
        {
            for (var receivers = 1; receivers <= 12; receivers++)
            {
                var topology = Rescaled(senders, receivers);

                int[] perSender = [.. Enumerable.Range(0, senders).Select(sender => BlockOf(topology, sender).Count())];
                int[] perReceiver = [.. Enumerable.Range(senders, receivers).Select(receiver => topology.Senders(receiver).Count)];
                Assert.Equal(Math.Max(senders, receivers), perSender.Sum());
                Assert.InRange(perSender.Min(), Math.Max(1, receivers / senders), perSender.Max());
                Assert.InRange(perReceiver.Min(), Math.Max(1, senders / receivers), perReceiver.Max());
                Assert.InRange(perSender.Max() - perSender.Min(), 0, 1);
                Assert.InRange(perReceiver.Max() - perReceiver.Min(), 0, 1);
            }
        }
    }

    private static TaskTopology Rescaled(int senders, int receivers)
    {
        var graph = new StreamGraph();
        var source = graph.AddSource("queue", new QueueSource<int>([]), new NodeOptions { Parallelism = senders });
        graph.AddOperator<int, int>(
            "map", source, () => new MapOperator<int, int>(row => row), new NodeOptions { Parallelism = receivers }, Exchange<int>.Rescale);
        return new TaskTopology(GraphPlanner.Plan(graph, new PlanOptions(1, KeyGroups: 8)));
    }

    private static IEnumerable<int> BlockOf(TaskTopology topology, int sender) =>
        topology.Receivers(sender, topology.StageOf(sender).Outputs.Single()).Select(receiver => topology.PartitionOf(receiver.Task));

    private static StreamGraph RandomGraph(Random random)
    {
        var graph = new StreamGraph();
        var ports = new List<OutputPort<(int Key, int Value)>>();
        for (var count = random.Next(1, 4); count > 0; count--)
            ports.Add(graph.AddSource("queue", new QueueSource<(int Key, int Value)>([]), Options(random)));
        for (var count = random.Next(1, 8); count > 0; count--)
        {
            var inputs = random.Next(1, 4);
            var node = graph.AddOperator("union", () => new UnionOperator<(int Key, int Value)>(inputs), Options(random));
            for (var input = 0; input < inputs; input++)
                graph.Connect(ports[random.Next(ports.Count)], node, AnyExchange(random));
            ports.Add(new(node));
        }

        foreach (var port in ports)
            graph.AddSink("ledger", port, new LedgerSink<(int Key, int Value)>());
        return graph;
    }

    private static NodeOptions Options(Random random) => new() { Parallelism = random.Next(3) == 0 ? null : random.Next(1, 5) };

    private static Exchange<(int Key, int Value)> AnyExchange(Random random) => random.Next(10) switch
    {
        0 => Exchange<(int Key, int Value)>.Hash(new KeyPartitioner<int, int>()),
        1 => Exchange<(int Key, int Value)>.Broadcast,
        2 => Exchange<(int Key, int Value)>.Rebalance,
        3 => Exchange<(int Key, int Value)>.Global,
        4 => Exchange<(int Key, int Value)>.Rescale,
        5 => Exchange<(int Key, int Value)>.Direct(row => row.Value),
        6 => Exchange<(int Key, int Value)>.TwoChoice(new KeyPartitioner<int, int>()),
        7 => Exchange<(int Key, int Value)>.LocalOrShuffle,
        8 => Exchange<(int Key, int Value)>.Custom(new ModuloSelector<(int Key, int Value)>(row => row.Value)),
        _ => Exchange<(int Key, int Value)>.Forward,
    };
}
