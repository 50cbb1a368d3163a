namespace Millrace.Graphs;

/// <summary>Sees edges with their row types.</summary>
public interface IEdgeVisitor<out TResult>
{
    TResult Visit<T>(StreamEdge<T> edge);
}
