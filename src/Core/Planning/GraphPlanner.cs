using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;

namespace Millrace.Planning;

/// <summary>Makes a <see cref="JobGraph"/> of a <see cref="StreamGraph"/>: gives ids and parallelism, fuses chains, places exchanges.</summary>
/// <remarks>
/// A node is fused with the one before it where their edge is <see cref="ExchangeKind.Forward"/>, it is the node's only input, and both have
/// the same parallelism. A chain has one sink at most, since its task answers for one external system. Where tasks are spread over processes, a sink
/// whose writers have to be together (<see cref="StreamNode.IsTogether"/>) is not fused, so that what is before it is spread. A forward edge between different parallelisms becomes <see cref="ExchangeKind.Rebalance"/>.
/// </remarks>
public static class GraphPlanner
{
    public static JobGraph Plan(StreamGraph graph, PlanOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        if (options.DefaultParallelism < 1 || options.KeyGroups < 1)
            throw new GraphException($"Default parallelism {options.DefaultParallelism} and {options.KeyGroups} key groups found, 1 or more of each expected.");
        if (graph.Nodes.Count == 0)
            throw new GraphException("The graph is empty: add a source and an output.");
        var (ids, areNumbered) = OperatorIds.Assign(graph);
        var parallelism = new Partitioning(graph, ids, options).Find();
        InputCheck.Run(graph, ids);
        if (options.Guarantee is { } wanted)
            GuaranteeRules.Require(wanted, graph, ids);
        var stageOf = new int[graph.Nodes.Count];
        var members = new List<List<StreamNode>>();
        foreach (var node in graph.Nodes)
        {
            if (IsFused(node, parallelism) && !(options.IsSpread && node.IsTogether) && !(node.IsSink && members[stageOf[node.Inputs[0].From.Index]].Exists(other => other.IsSink)))
            {
                stageOf[node.Index] = stageOf[node.Inputs[0].From.Index];
            }
            else
            {
                stageOf[node.Index] = members.Count;
                members.Add([]);
            }

            members[stageOf[node.Index]].Add(node);
        }

        var edges = graph.Nodes.SelectMany(node => node.Inputs)
            .Where(edge => stageOf[edge.From.Index] != stageOf[edge.To.Index])
            .Select(edge => new JobEdge(edge, stageOf[edge.From.Index], stageOf[edge.To.Index]))
            .ToArray();
        var stages = members.Select((nodes, index) => new JobStage(
            index,
            [.. nodes],
            parallelism[nodes[0].Index],
            [.. edges.Where(edge => edge.ToStage == index)],
            [.. edges.Where(edge => edge.FromStage == index)]));
        JobStage[] all = [.. stages];
        CheckParking(all, ids);
        CheckChannels(all, edges);
        return new JobGraph([.. all], [.. ids], [.. areNumbered], options.KeyGroups, GuaranteeRules.Of(graph), [.. GuaranteeRules.VolatileSources(graph)]);
    }

    private static void CheckChannels(JobStage[] stages, JobEdge[] edges)
    {
        var channels = edges.Sum(edge => (long)stages[edge.FromStage].Parallelism * stages[edge.ToStage].Parallelism);
        if (channels > PlanLimits.ChannelsMax)
            throw new GraphException($"A job of at most {PlanLimits.ChannelsMax} channels expected, {channels} found, one from each sender of an exchange to each receiver; lower the parallelism.");
    }

    // Rows wait by the key of the exchange that brings them to their owner.
    private static void CheckParking(JobStage[] stages, OperatorId[] ids)
    {
        foreach (var stage in stages)
        {
            var parks = stage.Nodes.FirstOrDefault(node => node.Options.OnError == ErrorPolicy.Park);
            if (parks is not null && (stage.Inputs.IsEmpty || stage.Inputs.Any(edge => edge.Edge.Exchange != ExchangeKind.Hash)))
            {
                throw new GraphException(
                    $"Operator {ids[parks.Index]} parks the keys of records on which it fails, so records by a hash of their key expected, found a chain that begins at {ids[stage.Head.Index]} without one; partition the stream by key before it, or use ErrorPolicy.DeadLetter.");
            }
        }
    }

    private static bool IsFused(StreamNode node, int[] parallelism) =>
        node.Inputs is [{ Exchange: ExchangeKind.Forward } only] && parallelism[only.From.Index] == parallelism[node.Index];
}
