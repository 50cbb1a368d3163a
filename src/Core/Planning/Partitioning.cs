using Millrace.Data;
using Millrace.Graphs;

namespace Millrace.Planning;

/// <summary>Finds the number of partitions of each node: its own, the job's default, or what the running job was given (<see cref="JobScale"/>).</summary>
internal sealed class Partitioning(StreamGraph graph, OperatorId[] ids, PlanOptions options)
{
    public int[] Find()
    {
        var own = FindOwn();
        if (options.Scale is { Times: > 0 } scale)
            Rescale(own, scale);
        return own;
    }

    private int[] FindOwn()
    {
        var parallelism = new int[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
        {
            if (node is OperatorNode && node.Inputs.Count == 0)
                throw new GraphException($"Operator {ids[node.Index]} has no input.");
            var isHashed = node.Inputs.Any(edge => edge.Exchange == ExchangeKind.Hash);
            var wanted = node.Splits ?? node.Options.Parallelism;
            parallelism[node.Index] = wanted
                ?? Math.Min(
                    node.Inputs.Count == 0 ? options.DefaultParallelism : DefaultOf(node, parallelism),
                    isHashed ? options.KeyGroups : int.MaxValue);
            Check(node, parallelism[node.Index], isHashed);
        }

        return parallelism;
    }

    private void Check(StreamNode node, int count, bool isHashed)
    {
        if (count < 1 || count > PlanLimits.ParallelismMax)
            throw new GraphException($"Operator {ids[node.Index]} has parallelism {count}, 1 to {PlanLimits.ParallelismMax} expected.");
        if (isHashed && count > options.KeyGroups)
        {
            throw new GraphException(
                $"Operator {ids[node.Index]} has Parallelism {count}, at most the {options.KeyGroups} key groups of the job expected; lower its Parallelism, or raise millrace.task.key-groups (JobOptions.KeyGroups).");
        }
    }

    private int DefaultOf(StreamNode node, int[] parallelism) => node.Inputs[0].Exchange switch
    {
        ExchangeKind.Global => 1,
        ExchangeKind.Forward => parallelism[node.Inputs[0].From.Index],
        _ => options.DefaultParallelism,
    };

    private static bool IsHashed(StreamNode node) => node.Inputs.Any(edge => edge.Exchange == ExchangeKind.Hash);

    /// <summary>Nodes whose rows stay on their partition get the same number together, so that keyed state stays with its keys.</summary>
    private void Rescale(int[] parallelism, JobScale scale)
    {
        var named = scale.Operators.Select(scaled => (Node: NodeOf(scaled.Operator), scaled.Operator, scaled.Parallelism)).ToArray();
        foreach (var group in Groups(parallelism))
        {
            if (Array.FindLast(named, scaled => group.Contains(scaled.Node)) is { Node: not null } last)
            {
                if (RefusalOf(group) is { } refusal)
                    throw new GraphException($"Operator {last.Operator}: {refusal}");
                Set(group, last.Parallelism, isBounded: false);
            }
            else if (scale.Parallelism is { } byDefault && RefusalOf(group) is null && group.TrueForAll(member => member.Options.Parallelism is null))
            {
                Set(group, byDefault, isBounded: true);
            }
        }

        void Set(List<StreamNode> group, int count, bool isBounded)
        {
            var isHashed = group.Exists(IsHashed);
            foreach (var member in group)
            {
                parallelism[member.Index] = isBounded && isHashed ? Math.Min(count, options.KeyGroups) : count;
                Check(member, parallelism[member.Index], IsHashed(member));
            }
        }
    }

    private StreamNode NodeOf(string name) => graph.Nodes.FirstOrDefault(node => ids[node.Index].Name == name)
        ?? throw new GraphException($"Operator {name}: one of the job's expected to be rescaled, none of that name found; it has {string.Join(", ", graph.Nodes.Where(node => node.Inputs.Count > 0).Select(node => ids[node.Index]))}.");

    private string? RefusalOf(List<StreamNode> group)
    {
        if (group.Find(member => member.Inputs.Count == 0) is { } source)
            return $"one behind an exchange expected to be rescaled, found one in the partitions of source {ids[source.Index]}, which are its splits; name one behind it, or begin from a savepoint with a source of other splits.";
        return group.Find(member => member.Inputs.Any(edge => edge.Exchange == ExchangeKind.Global)) is { } single
            ? $"one of several partitions expected to be rescaled, found one where operator {ids[single.Index]} takes all rows into one."
            : null;
    }

    /// <summary>Each with all that rows reach from it, or it from them, without leaving their partition.</summary>
    private List<List<StreamNode>> Groups(int[] own)
    {
        var groupOf = new List<StreamNode>[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
        {
            var group = groupOf[node.Index] = [node];
            foreach (var edge in node.Inputs.Where(edge => edge.Exchange == ExchangeKind.Forward && own[edge.From.Index] == own[node.Index]))
            {
                var before = groupOf[edge.From.Index];
                if (before == group)
                    continue;
                foreach (var member in group)
                    groupOf[member.Index] = before;
                before.AddRange(group);
                group = before;
            }
        }

        return [.. groupOf.Distinct()];
    }
}
