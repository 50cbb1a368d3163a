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

            Assert.Equal(channels, Enumerable.Range(0, topology.Count).Sum(task => topology.Senders(task).Length));
        }

        Assert.Equal(Enum.GetValues<ExchangeKind>().Length, kinds.Count);
    }

    private static StreamGraph RandomGraph(Random random)
    {
        var graph = new StreamGraph();
        var ports = new List<OutputPort<(int Key, int Value)>>();
        for (var count = random.Next(1, 4); count > 0; count--)
            ports.Add(graph.AddSource("queue", new QueueSource<(int Key, int Value)>([]), Options(random)));
        for (var count = random.Next(1, 8); count > 0; count--)
        {
            var node = graph.AddOperator("map", () => new MapOperator<(int Key, int Value), (int Key, int Value)>(row => row), Options(random));
            for (var inputs = random.Next(1, 4); inputs > 0; inputs--)
                graph.Connect(ports[random.Next(ports.Count)], node, AnyExchange(random));
            ports.Add(new(node));
        }

        foreach (var port in ports)
            graph.AddSink("ledger", port, new LedgerSink<(int Key, int Value)>());
        return graph;
    }

    private static NodeOptions Options(Random random) => new() { Parallelism = random.Next(3) == 0 ? null : random.Next(1, 5) };

    private static Exchange<(int Key, int Value)> AnyExchange(Random random) => random.Next(5) switch
    {
        0 => Exchange<(int Key, int Value)>.Hash(new KeyPartitioner<int, int>()),
        1 => Exchange<(int Key, int Value)>.Broadcast,
        2 => Exchange<(int Key, int Value)>.Rebalance,
        3 => Exchange<(int Key, int Value)>.Global,
        _ => Exchange<(int Key, int Value)>.Forward,
    };
}
