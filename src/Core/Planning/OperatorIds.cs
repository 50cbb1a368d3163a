using System.Globalization;
using Millrace.Data;
using Millrace.Graphs;

namespace Millrace.Planning;

/// <summary>Gives every node its stable id.</summary>
/// <remarks>
/// A named operator is found by its name. One without a name gets its kind plus the ids of the sources, stateful and named operators that it
/// stands on, skipping the stateless ones between: <c>reduceByKey(socketText)</c>. So a filter put in before it, or an edit of another branch,
/// leaves the id as it is. Several of the same kind on the same ground are numbered in order of building: <c>map(queue).2</c>. A name is
/// never numbered, so an id that is made up steps aside for it.
/// </remarks>
internal static class OperatorIds
{
    public static OperatorId[] Assign(StreamGraph graph)
    {
        var ids = new OperatorId[graph.Nodes.Count];
        var grounds = new string[graph.Nodes.Count];
        var used = graph.Nodes.Select(node => node.Options.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            var ground = string.Join('+', node.Inputs.Select(edge => grounds[edge.From.Index]).Distinct(StringComparer.Ordinal));
            var id = node.Options.Name ?? Unused(ground.Length == 0 ? node.Kind : $"{node.Kind}({ground})", used);
            ids[node.Index] = new(id);
            grounds[node.Index] = node.Inputs.Count == 0 || node.Options.IsStateful || node.Options.Name is not null ? id : ground;
        }

        return ids;
    }

    private static string Unused(string wanted, HashSet<string> used)
    {
        var id = wanted;
        for (var number = 2; !used.Add(id); number++)
            id = wanted + "." + number.ToString(CultureInfo.InvariantCulture);
        return id;
    }
}
