using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Planning;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.State;
using Millrace.Runtime.Tasks;
using Millrace.Runtime.Tests.Support;
using Millrace.Serialization;

namespace Millrace.Runtime.Tests.Tasks;

/// <summary>Which tasks are asked of a key.</summary>
public sealed class StateRouterTests
{
    private const int Partitions = 6;

    private static readonly CodecCatalog Codecs = new();

    private readonly TableReaders _readers = new(Codecs);

    [Theory]
    [InlineData(nameof(StateFormKind.Text))]
    [InlineData(nameof(StateFormKind.Encoded))]
    [InlineData(nameof(StateFormKind.Objects))]
    public void A_key_is_asked_of_the_task_to_which_its_records_go(string form)
    {
        var kind = Enum.Parse<StateFormKind>(form);
        var (router, topology) = Make(Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()));
        Open(local: false);
        var selector = new HashSelector<(int Key, long Value)>(new KeyPartitioner<int, long>(), topology.Graph.KeyGroups, Partitions);
        var owners = new int[1];

        for (var key = 0; key < 100; key++)
        {
            Assert.Null(router.Find(Get(kind, key), out var tasks));
            selector.SelectPartitions([(key, 0L)], owners, Partitions);
            Assert.Equal(owners[0], topology.PartitionOf(Assert.Single(tasks)));
        }
    }

    [Fact]
    public void All_tasks_are_asked_where_the_exchange_or_the_table_says_nothing_of_keys()
    {
        Assert.Equal(Partitions, Asked(Exchange<(int Key, long Value)>.Rebalance, local: false));
        Assert.Equal(Partitions, Asked(Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()), local: true));
        Assert.Equal(Partitions, Asked(Exchange<(int Key, long Value)>.Custom(new ModuloSelector<(int Key, long Value)>(row => row.Key)), local: false));
        Assert.Equal(1, Asked(Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()), local: false));
    }

    [Fact]
    public void All_tasks_are_asked_before_one_of_them_has_said_what_its_keys_are()
    {
        var (router, _) = Make(Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()));

        Assert.Null(router.Find(Get(StateFormKind.Text, 1), out var tasks));

        Assert.Equal(Partitions, tasks.Count());
    }

    [Fact]
    public void A_key_of_another_type_is_refused_before_a_task_is_asked()
    {
        var (router, _) = Make(Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()));
        Open(local: false);

        Assert.Equal(
            "Operator store, table counts: a key of type Int32 expected, 'one' found.",
            router.Find(new StateQuery.Get("store", "counts", StateForm.Text, "one"), out _));
    }

    private static StateQuery.Get Get(StateFormKind kind, int key) => new("store", "counts", kind == StateFormKind.Text ? StateForm.Text : StateForm.Of<int, long>(kind), kind switch
    {
        StateFormKind.Text => StateText.Of(key),
        StateFormKind.Encoded => (ReadOnlyMemory<byte>)StateBytes.OfKey<int, long>(key, Codecs),
        _ => key,
    });

    private int Asked(Exchange<(int Key, long Value)> exchange, bool local)
    {
        var test = new StateRouterTests();
        var (router, _) = test.Make(exchange);
        test.Open(local);
        Assert.Null(router.Find(Get(StateFormKind.Objects, 1), out var tasks));
        return tasks.Count();
    }

    /// <summary>A task has opened, and has been asked.</summary>
    private void Open(bool local)
    {
        var state = new TaskState();
        state.Of(new OperatorId("store")).Value<int, long>("counts", local: local);
        Assert.IsType<StateAnswer.Entries>(_readers.Answer(state, 0, Partitions, 0, Get(StateFormKind.Text, 1)));
    }

    private (StateRouter Router, TaskTopology Topology) Make(Exchange<(int Key, long Value)> exchange)
    {
        var graph = TestHost.Graph(
            new QueueSource<(int Key, long Value)>(new()), new LedgerSink<(int Key, long Value)>(), "store", () => new StoreOperator(value => value), exchange,
            new NodeOptions { Name = "store", Parallelism = Partitions });
        var topology = new TaskTopology(GraphPlanner.Plan(graph, new PlanOptions(3)));
        return (new StateRouter(topology, _readers), topology);
    }
}
