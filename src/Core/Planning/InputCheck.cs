using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;

namespace Millrace.Planning;

/// <summary>Refuses edges whose rows the operator behind them does not take: asks an instance that is never opened for its ports.</summary>
internal sealed class InputCheck(OperatorId id, Operator @operator) : IEdgeVisitor<object?>
{
    public static void Run(StreamGraph graph, OperatorId[] ids)
    {
        foreach (var node in graph.Nodes.OfType<OperatorNode>())
        {
            var check = new InputCheck(ids[node.Index], Create(node, ids[node.Index]));
            foreach (var edge in node.Inputs)
                edge.Accept(check);
        }
    }

    /// <inheritdoc/>
    public object? Visit<T>(StreamEdge<T> edge)
    {
        try
        {
            return @operator.Input<T>(edge.ToPort);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            throw new GraphException(
                $"Operator {id}: rows of {TypeNames.Of(typeof(T))} found on input port {edge.ToPort}, which {TypeNames.Of(@operator.GetType())} does not take there; " +
                "connect a stream of the rows that it takes, and no more inputs than it has.",
                cause);
        }
    }

    private static Operator Create(OperatorNode node, OperatorId id)
    {
        try
        {
            return node.Create();
        }
        catch (Exception cause) when (cause is not (OutOfMemoryException or MillraceException))
        {
            throw new GraphException($"Operator {id} expected, its function that creates it threw {UserText.Of(cause)}", cause);
        }
    }
}
