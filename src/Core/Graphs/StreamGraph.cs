using Millrace.Connectors;
using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Graphs;

/// <summary>What a front end builds: operators and the edges between them, before any planning. Not thread-safe.</summary>
public sealed class StreamGraph
{
    private readonly List<StreamNode> _nodes = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Nodes in order of building; a node stands behind those that feed it.</summary>
    public IReadOnlyList<StreamNode> Nodes => _nodes;

    public OutputPort<T> AddSource<T>(string kind, ISource<T> source, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new(Add(new SourceNode<T>(_nodes.Count, kind, Checked(options), source)));
    }

    /// <summary>Adds an operator without inputs; connect them with <see cref="Connect"/>.</summary>
    public OperatorNode AddOperator(string kind, Func<Operator> create, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Add(new OperatorNode(_nodes.Count, kind, Checked(options), create));
    }

    /// <summary>Adds an operator with one input.</summary>
    public OutputPort<TOut> AddOperator<TIn, TOut>(
        string kind, OutputPort<TIn> input, Func<Operator> create, NodeOptions? options = null, Exchange<TIn>? exchange = null)
    {
        var node = AddOperator(kind, create, options);
        Connect(input, node, exchange: exchange);
        return new(node);
    }

    public void AddSink<T>(string kind, OutputPort<T> input, ISink<T> sink, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        Connect(input, Add(new SinkNode<T>(_nodes.Count, kind, Checked(options), sink)));
    }

    /// <summary>Leads an output port to the next free input port of <paramref name="to"/>, which was added after the port's node.</summary>
    public void Connect<T>(OutputPort<T> from, StreamNode to, Exchange<T>? exchange = null, ChangeMode changes = ChangeMode.Append)
    {
        ArgumentNullException.ThrowIfNull(to);
        if (!Holds(from.Node) || !Holds(to))
            throw new GraphException($"{to.Kind}: it and its input belong to two graphs; connect streams of one context only.");
        if (from.Node.Index >= to.Index)
        {
            throw new GraphException(
                $"{NameOf(to)}: an input that was added before it expected, {(from.Node == to ? "itself" : $"{NameOf(from.Node)}, added after it,")} found; " +
                "add inputs before what they feed. A graph has no cycles.");
        }

        if (from.Port < 0)
            throw new GraphException($"{NameOf(from.Node)}: output port {from.Port} found, 0 or more expected; output ports are counted from 0.");
        to.Connect(new StreamEdge<T>(from.Node, from.Port, to, to.Inputs.Count, exchange ?? Exchange<T>.Forward, changes));
    }

    /// <summary>Gives a node other options: what can still be said of it until the graph is planned.</summary>
    /// <exception cref="GraphException">The node is of another graph, or an option is wrong.</exception>
    public void Configure(StreamNode node, Func<NodeOptions, NodeOptions> change)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(change);
        if (!Holds(node))
            throw new GraphException($"{node.Kind}: it belongs to another graph.");
        var options = change(node.Options);
        CheckPolicy(options);
        if (options.Name != node.Options.Name)
        {
            Checked(options);
            if (node.Options.Name is { } former)
                _names.Remove(former);
        }

        node.Options = options;
    }

    private static string NameOf(StreamNode node) => node.Options.Name ?? node.Kind;

    private bool Holds(StreamNode? node) => node is not null && node.Index < _nodes.Count && ReferenceEquals(_nodes[node.Index], node);

    private TNode Add<TNode>(TNode node)
        where TNode : StreamNode
    {
        _nodes.Add(node);
        return node;
    }

    private static void CheckPolicy(NodeOptions options)
    {
        if (options.OnError is { } policy && !Enum.IsDefined(policy))
            throw new GraphException($"Error policy {policy} found, {string.Join(", ", Enum.GetNames<ErrorPolicy>())} expected.");
    }

    private NodeOptions Checked(NodeOptions? options)
    {
        options ??= NodeOptions.Default;
        if (options.Parallelism is < 1)
            throw new GraphException($"Parallelism {options.Parallelism} found, 1 or more expected.");
        CheckPolicy(options);
        if (options.Name is { } empty && string.IsNullOrWhiteSpace(empty))
            throw new GraphException("An empty operator name found, a name or null expected.");
        if (options.Name is { } name && !_names.Add(name))
            throw new GraphException($"Operator name '{name}' found twice; names are unique in a graph, since state is found again by them.");
        return options;
    }
}
