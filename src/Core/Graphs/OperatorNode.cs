using Millrace.Operators;

namespace Millrace.Graphs;

/// <summary>An operator in the graph; every partition gets its own instance.</summary>
public sealed class OperatorNode : StreamNode
{
    private readonly Func<Operator> _create;

    internal OperatorNode(int index, string kind, NodeOptions options, Func<Operator> create)
        : base(index, kind, options) => _create = create;

    /// <summary>A fresh instance, not yet open.</summary>
    public Operator Create() => _create();

    /// <inheritdoc/>
    public override TResult Accept<TResult>(INodeVisitor<TResult> visitor) => visitor.Visit(this);
}
