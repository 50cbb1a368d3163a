using System.Globalization;
using Millrace.Data;
using Millrace.Graphs;

namespace Millrace.Planning;

/// <summary>Gives every node its stable id.</summary>
/// <remarks>
/// A named operator is found by its name. One without a name gets its kind plus the ids of the sources, stateful and named operators that it
/// stands on, skipping the stateless ones between: <c>reduceByKey(socketText)</c>. So a filter put in before it, or an edit of what stands on
/// other sources, leaves the id as it is, as long as no source of the same kind is added before its own. Several of the same kind on the same ground are numbered in order of building: <c>map(queue).2</c>;
/// another one put before them shifts their ids, and the ids of what stands on them, and only names prevent that. A name is never numbered,
/// so an id that is made up steps aside for it.
/// </remarks>
internal static class OperatorIds
{
    /// <summary>The ids by node, and whether it is the order of building that tells the id from others.</summary>
    public static (OperatorId[] Ids, bool[] AreNumbered) Assign(StreamGraph graph)
    {
        var wanted = new string?[graph.Nodes.Count];
        var ids = new OperatorId[graph.Nodes.Count];
        var grounds = new string[graph.Nodes.Count];
        var used = graph.Nodes.Select(node => node.Options.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            var ground = string.Join('+', node.Inputs.Select(edge => grounds[edge.From.Index]).Distinct(StringComparer.Ordinal));
            wanted[node.Index] = node.Options.Name is null ? (ground.Length == 0 ? node.Kind : $"{node.Kind}({ground})") : null;
            var id = node.Options.Name ?? Unused(wanted[node.Index]!, used);
            ids[node.Index] = new(id);
            grounds[node.Index] = node.Inputs.Count == 0 || node.Options.IsStateful || node.Options.Name is not null ? id : ground;
        }

        var several = wanted.OfType<string>().CountBy(id => id).Where(count => count.Value > 1).Select(count => count.Key).ToHashSet(StringComparer.Ordinal);
        return (ids, Numbered(graph, wanted, several));
    }

    /// <summary>The nodes whose id only the order of building tells: their own is one of several, or that of something they are named after.</summary>
    private static bool[] Numbered(StreamGraph graph, string?[] wanted, HashSet<string> several)
    {
        var (areNumbered, grounds) = (new bool[wanted.Length], new bool[wanted.Length]);
        foreach (var node in graph.Nodes)
        {
            var ground = node.Inputs.Any(edge => grounds[edge.From.Index]);
            areNumbered[node.Index] = wanted[node.Index] is { } id && (ground || several.Contains(id));
            grounds[node.Index] = node.Inputs.Count == 0 || node.Options.IsStateful || node.Options.Name is not null ? areNumbered[node.Index] : ground;
        }

        return areNumbered;
    }

    private static string Unused(string wanted, HashSet<string> used)
    {
        var id = wanted;
        for (var number = 2; !used.Add(id); number++)
            id = wanted + "." + number.ToString(CultureInfo.InvariantCulture);
        return id;
    }
}
