using Millrace.Connectors;

namespace Millrace.Graphs;

/// <summary>A source in the graph.</summary>
public sealed class SourceNode<T> : StreamNode
{
    internal SourceNode(int index, string kind, NodeOptions options, ISource<T> source)
        : base(index, kind, options) => Source = source;

    public ISource<T> Source { get; }

    /// <inheritdoc/>
    public override int? Splits => Source.Splits;

    /// <inheritdoc/>
    public override TResult Accept<TResult>(INodeVisitor<TResult> visitor) => visitor.Visit(this);
}
