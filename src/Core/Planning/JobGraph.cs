using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Millrace.Data;
using Millrace.Graphs;

namespace Millrace.Planning;

/// <summary>What runs: stages of fused operators, the exchanges between them, ids, parallelism, key groups.</summary>
public sealed class JobGraph
{
    private readonly ImmutableArray<OperatorId> _ids;
    private readonly ImmutableArray<bool> _areNumbered;

    internal JobGraph(
        ImmutableArray<JobStage> stages,
        ImmutableArray<OperatorId> ids,
        ImmutableArray<bool> areNumbered,
        int keyGroups,
        Guarantee guarantee,
        ImmutableArray<StreamNode> volatileSources)
    {
        Stages = stages;
        _ids = ids;
        _areNumbered = areNumbered;
        KeyGroups = keyGroups;
        Guarantee = guarantee;
        VolatileSources = volatileSources;
    }

    public ImmutableArray<JobStage> Stages { get; }

    public int KeyGroups { get; }

    /// <summary>What the job gives in effect, by its weakest sink.</summary>
    public Guarantee Guarantee { get; }

    /// <summary>Sources that can't be read again: what a killed process had received and not committed is lost.</summary>
    public ImmutableArray<StreamNode> VolatileSources { get; }

    public OperatorId IdOf(StreamNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return _ids[node.Index];
    }

    /// <summary>The exchange that really runs: a forward edge between different parallelisms is a rebalance.</summary>
    public ExchangeKind ExchangeOf(JobEdge edge)
    {
        ArgumentNullException.ThrowIfNull(edge);
        return edge.Edge.Exchange == ExchangeKind.Forward && Stages[edge.FromStage].Parallelism != Stages[edge.ToStage].Parallelism
            ? ExchangeKind.Rebalance
            : edge.Edge.Exchange;
    }

    /// <summary>Operators with state, and sources, whose ids only the order tells in which the program builds them: with another order they go on from each other's state.</summary>
    public IEnumerable<OperatorId> FoundByOrder => Stages.SelectMany(stage => stage.Nodes).Where(IsFoundByOrder).OrderBy(node => node.Index).Select(IdOf);

    /// <summary>The plan as text, one stage a block, inputs first.</summary>
    public string Explain()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Stages.Length} stages, {Stages.Sum(stage => stage.Parallelism)} tasks, {KeyGroups} key groups\n");
        text.Append(GuaranteeRules.Spell(Guarantee));
        if (!VolatileSources.IsEmpty)
            text.Append(CultureInfo.InvariantCulture, $"; volatile: {string.Join(", ", VolatileSources.Select(IdOf))} (what a killed process had received and not committed is lost)");
        text.Append('\n');
        foreach (var stage in Stages)
        {
            text.Append(CultureInfo.InvariantCulture, $"stage {stage.Index} × {stage.Parallelism}\n");
            foreach (var edge in stage.Inputs)
                text.Append(CultureInfo.InvariantCulture, $"  ← {NameOf(ExchangeOf(edge))} from stage {edge.FromStage} ({IdOf(edge.Edge.From)}), rows of {TypeNames.Of(edge.Edge.RowType)}{(ChangesOf(edge.Edge) is { } changes ? $", {changes}" : "")}\n");
            foreach (var node in stage.Nodes)
                text.Append(CultureInfo.InvariantCulture, $"  {IdOf(node)}{(MarksOf(node) is [_, ..] marks ? $" [{string.Join(", ", marks)}]" : "")}\n");
        }

        return text.ToString();
    }

    // A source counts too: its offsets are found by its id, and what stands on it is named after it.
    private bool IsFoundByOrder(StreamNode node) => _areNumbered[node.Index] && (node.Options.IsStateful || node.Inputs.Count == 0);

    private List<string> MarksOf(StreamNode node)
    {
        var marks = new List<string>();
        if (node.Options.IsStateful)
            marks.Add("stateful");
        if (IsFoundByOrder(node))
            marks.Add("numbered: give it a name, else another one before it changes its id");
        // A fused edge has no line of its own.
        if (node.Inputs is [var only] && !Stages.Any(stage => stage.Inputs.Any(edge => edge.Edge == only)) && ChangesOf(only) is { } changes)
            marks.Add(changes);
        return marks;
    }

    private static string? ChangesOf(StreamEdge edge) => edge.Changes == ChangeMode.Append ? null : $"changes: {edge.Changes.ToString().ToLowerInvariant()}";

    private static string NameOf(ExchangeKind exchange) => exchange switch
    {
        ExchangeKind.TwoChoice => "two-choice",
        ExchangeKind.LocalOrShuffle => "local-or-shuffle",
        _ => exchange.ToString().ToLowerInvariant(),
    };
}
