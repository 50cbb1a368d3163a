using System.Collections.Immutable;
using Millrace.Graphs;

namespace Millrace.Planning;

/// <summary>A chain of fused operators with one parallelism; each of its partitions is a task.</summary>
/// <param name="Index">Position in the <see cref="JobGraph"/>, a stage behind those that feed it.</param>
/// <param name="Nodes">The chain, in an order in which every node stands behind its inputs.</param>
/// <param name="Parallelism">Partitions.</param>
/// <param name="Inputs">Edges from other stages.</param>
/// <param name="Outputs">Edges to other stages.</param>
public sealed record JobStage(
    int Index, ImmutableArray<StreamNode> Nodes, int Parallelism, ImmutableArray<JobEdge> Inputs, ImmutableArray<JobEdge> Outputs)
{
    /// <summary>The node that the chain starts with.</summary>
    public StreamNode Head => Nodes[0];
}
