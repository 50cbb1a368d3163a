using Millrace.Data;

namespace Millrace.Graphs;

/// <inheritdoc/>
public sealed class StreamEdge<T> : StreamEdge
{
    private readonly Exchange<T> _exchange;

    internal StreamEdge(StreamNode from, int fromPort, StreamNode to, int toPort, Exchange<T> exchange, ChangeMode changes)
        : base(from, fromPort, to, toPort, changes) => _exchange = exchange;

    /// <inheritdoc/>
    public override ExchangeKind Exchange => _exchange.Kind;

    /// <inheritdoc cref="Exchange{T}.KeyGroups"/>
    public KeyGroupSelector<T>? KeyGroups => _exchange.KeyGroups;

    /// <inheritdoc cref="Exchange{T}.Selector"/>
    public ChannelSelector<T>? Selector => _exchange.Selector;

    /// <inheritdoc/>
    public override string? SelectorName => Selector?.Name;

    /// <inheritdoc/>
    public override Type RowType => typeof(T);

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IEdgeVisitor<TResult> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        return visitor.Visit(this);
    }
}
