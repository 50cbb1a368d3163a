
namespace Millrace.Graphs;

/// <summary>One operator, source or sink of a <see cref="StreamGraph"/>.</summary>
public abstract class StreamNode
{
    private readonly List<StreamEdge> _inputs = [];
    private readonly List<StreamEdge> _outputs = [];

    private protected StreamNode(int index, string kind, NodeOptions options)
    {
        Index = index;
        Kind = kind;
        Options = options;
    }

    /// <summary>Position in the graph, in order of building.</summary>
    public int Index { get; }

    /// <summary>What it does, in a word: <c>map</c>, <c>reduceByKey</c>.</summary>
    public string Kind { get; }

    public NodeOptions Options { get; internal set; }

    /// <summary>Edges by input port.</summary>
    public IReadOnlyList<StreamEdge> Inputs => _inputs;

    public IReadOnlyList<StreamEdge> Outputs => _outputs;

    /// <summary>How many splits it has by itself; null of a source that has as many as it is given, and of everything else.</summary>
    public virtual int? Splits => null;

    /// <summary>Whether rows end in it.</summary>
    internal bool IsSink => this is not OperatorNode && Inputs.Count > 0;

    /// <summary>Whether all its partitions have to be in one process.</summary>
    public virtual bool IsTogether => false;

    /// <summary>Lets <paramref name="visitor"/> see the node with its row types.</summary>
    public abstract TResult Accept<TResult>(INodeVisitor<TResult> visitor);

    internal void Connect(StreamEdge edge)
    {
        edge.From._outputs.Add(edge);
        _inputs.Add(edge);
    }
}
