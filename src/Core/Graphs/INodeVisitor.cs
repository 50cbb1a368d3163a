namespace Millrace.Graphs;

/// <summary>Sees nodes with their row types; how the runtime makes typed parts of an untyped graph.</summary>
public interface INodeVisitor<out TResult>
{
    TResult Visit<T>(SourceNode<T> node);

    TResult Visit(OperatorNode node);

    TResult Visit<T>(SinkNode<T> node);
}
