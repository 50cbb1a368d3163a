using Millrace.Data;

namespace Millrace.Graphs;

/// <summary>Rows on their way from an output port to an input port.</summary>
public abstract class StreamEdge
{
    private protected StreamEdge(StreamNode from, int fromPort, StreamNode to, int toPort, ChangeMode changes)
    {
        From = from;
        FromPort = fromPort;
        To = to;
        ToPort = toPort;
        Changes = changes;
    }

    public StreamNode From { get; }

    public int FromPort { get; }

    public StreamNode To { get; }

    public int ToPort { get; }

    public ChangeMode Changes { get; }

    public abstract ExchangeKind Exchange { get; }

    /// <inheritdoc cref="ChannelSelector{T}.Name"/>
    public abstract string? SelectorName { get; }

    public abstract Type RowType { get; }

    /// <summary>Lets <paramref name="visitor"/> see the edge with its row type.</summary>
    public abstract TResult Accept<TResult>(IEdgeVisitor<TResult> visitor);
}
