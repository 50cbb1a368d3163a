using Millrace.DStreams.Rdds;
using Millrace.Graphs;

namespace Millrace.DStreams;

/// <summary>Builds the part of the graph for a function of whole batches: gather each partition, call the function on one, spread what it returns.</summary>
internal sealed class Transformed(StreamingContext context, int every)
{
    private readonly List<Func<GatheredInput>> _inputs = [];
    private readonly List<Action<StreamNode>> _connections = [];

    /// <summary>Adds an input stream.</summary>
    public void Add<T>(DStream<T> stream)
    {
        var gathered = stream.Apply<PartitionRows<T>>("gather", () => new GatherOperator<T>(every));
        _inputs.Add(static () => new GatheredInput<T>());
        _connections.Add(node => context.Building().Connect(gathered.Port, node, Exchange<PartitionRows<T>>.Global));
    }

    /// <summary>Adds the function; it gets an RDD for each input, in the order in which they were added.</summary>
    public DStream<TOut> Build<TOut>(Func<IReadOnlyList<Dataset>, Time, Rdd<TOut>?> transform)
    {
        var node = context.Building().AddOperator(
            "transform", () => new TransformOperator<TOut>([.. _inputs.Select(create => create())], transform, every, context.Datasets), new NodeOptions { Parallelism = 1 });
        foreach (var connect in _connections)
            connect(node);
        return new DStream<PartitionRows<TOut>>(context, new OutputPort<PartitionRows<TOut>>(node), slideBatches: every)
            .Apply<TOut>(
                "spread",
                static () => new Operators.Stateless.FlatMapOperator<PartitionRows<TOut>, TOut>(static (partition, output) => output.AddRange(partition.Rows)),
                PartitionRows<TOut>.InBlocks);
    }
}
