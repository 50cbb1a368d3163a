using Millrace.Connectors;

namespace Millrace.Graphs;

/// <summary>A sink in the graph.</summary>
public sealed class SinkNode<T> : StreamNode
{
    internal SinkNode(int index, string kind, NodeOptions options, ISink<T> sink)
        : base(index, kind, options) => Sink = sink;

    public ISink<T> Sink { get; }

    /// <inheritdoc/>
    public override bool IsTogether => Sink.IsTogether;

    /// <inheritdoc/>
    public override TResult Accept<TResult>(INodeVisitor<TResult> visitor) => visitor.Visit(this);
}
