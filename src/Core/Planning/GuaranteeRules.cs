using System.Diagnostics;
using Millrace.Connectors;
using Millrace.Data;
using Millrace.Graphs;

namespace Millrace.Planning;

/// <summary>Derives what a graph guarantees: its weakest sink counts.</summary>
internal static class GuaranteeRules
{
    /// <summary>The guarantee of the graph; a graph without sinks writes nothing twice.</summary>
    public static Guarantee Of(StreamGraph graph) =>
        graph.Nodes.Select(node => node.Accept(SinkGuarantee.Instance)).Min() ?? Guarantee.ExactlyOnce;

    /// <summary>The sinks to which a record may come twice.</summary>
    public static IEnumerable<StreamNode> WeakestSinks(JobGraph graph) =>
        graph.Stages.SelectMany(stage => stage.Nodes).Where(node => node.Accept(SinkGuarantee.Instance) is Guarantee.AtLeastOnce);

    /// <summary>The sources whose ranges can't be read again once their process is gone.</summary>
    public static IEnumerable<StreamNode> VolatileSources(StreamGraph graph) => graph.Nodes.Where(node => node.Accept(IsVolatile.Instance));

    /// <summary>Throws where a sink gives less than the job asks for.</summary>
    public static void Require(Guarantee wanted, StreamGraph graph, OperatorId[] ids)
    {
        foreach (var node in graph.Nodes)
        {
            if (node.Accept(SinkGuarantee.Instance) is { } given && given < wanted)
            {
                throw new GraphException(
                    $"JobOptions.Guarantee is {wanted}, sink {ids[node.Index]} gives {given}: a run again of an epoch writes its records again. " +
                    $"Use a transactional or idempotent sink there, or set the guarantee to {given} or null.");
            }
        }
    }

    /// <summary>As <c>Explain()</c> prints it.</summary>
    public static string Spell(Guarantee guarantee) => guarantee switch
    {
        Guarantee.AtLeastOnce => "at least once",
        Guarantee.ExactlyOnce => "exactly once",
        _ => throw new UnreachableException(),
    };

    private static Guarantee Of(SinkCapability capability) => capability switch
    {
        SinkCapability.AtLeastOnce => Guarantee.AtLeastOnce,
        SinkCapability.Idempotent or SinkCapability.Transactional => Guarantee.ExactlyOnce,
        _ => throw new UnreachableException(),
    };

    private sealed class SinkGuarantee : INodeVisitor<Guarantee?>
    {
        public static readonly SinkGuarantee Instance = new();

        public Guarantee? Visit<T>(SourceNode<T> node) => null;

        public Guarantee? Visit(OperatorNode node) => null;

        public Guarantee? Visit<T>(SinkNode<T> node) => Of(node.Sink.Capability);
    }

    private sealed class IsVolatile : INodeVisitor<bool>
    {
        public static readonly IsVolatile Instance = new();

        public bool Visit<T>(SourceNode<T> node) => !node.Source.IsReplayable;

        public bool Visit(OperatorNode node) => false;

        public bool Visit<T>(SinkNode<T> node) => false;
    }
}
