using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Planning;

namespace Millrace.Runtime.Jobs;

/// <summary>What a job is made of, as far as its checkpoints depend on it; written at each start, compared at the next.</summary>
/// <remarks>
/// <code>
/// job word-count
/// key groups 128
/// epochs of 1000 ms
/// rescaled 1 times
/// by default to 2
/// stage 0: 2 tasks, 0 input channels, from socketText
/// stage 1: 2 tasks, 4 input channels, from reduceByKey(map)
/// stage 2: 3 tasks, 6 input channels, from updateStateByKey(map), placed by ByCountry
/// </code>
/// <para>Operators inside a stage may come and go: whose tables stand in a checkpoint must still be there, and the restore says which is not.</para>
/// </remarks>
/// <param name="Job">The job's name.</param>
/// <param name="KeyGroups">Its key groups.</param>
/// <param name="Stages">In the order of their tasks.</param>
/// <param name="EpochMs">How long its epochs are, where its state depends on it; null elsewhere, and no line.</param>
/// <param name="Scale">What it was given while it ran; no lines where it was given nothing.</param>
internal sealed partial record JobManifest(string Job, int KeyGroups, ImmutableArray<JobManifest.Stage> Stages, long? EpochMs, JobScale Scale)
{
    private const string PlacedBy = ", placed by ";

    /// <param name="Tasks">Its parallelism.</param>
    /// <param name="Channels">Input channels of each task, if every sender is connected with it; 0 for a source.</param>
    /// <param name="Head">Id of the node that it begins with.</param>
    /// <param name="Placed">The user's partitioner that its state lies by; null where it lies by key group, or there is none.</param>
    internal readonly record struct Stage(int Tasks, int Channels, string Head, string? Placed = null)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Tasks} tasks, {Channels} input channels, from {Head}{(Placed is null ? "" : $"{PlacedBy}{Placed}")}");
    }

    /// <param name="name">The job's name.</param>
    /// <param name="graph">Its plan.</param>
    /// <param name="epochMs">How long its epochs are, where its state depends on it.</param>
    /// <param name="scale">What it was given while it ran.</param>
    public static JobManifest Of(string name, JobGraph graph, long? epochMs, JobScale scale)
    {
        var keepsState = KeepingState(graph);
        return new(
            name,
            graph.KeyGroups,
            [
                .. graph.Stages.Select(stage => new Stage(
                    stage.Parallelism,
                    stage.Inputs.Sum(edge => graph.Stages[edge.FromStage].Parallelism),
                    graph.IdOf(stage.Head).Name,
                    keepsState[stage.Index] ? stage.Inputs.Select(edge => edge.Edge.SelectorName).FirstOrDefault(selector => selector is not null) : null)),
            ],
            epochMs,
            scale);
    }

    /// <summary>Why a job can't go on from another's checkpoint; null: it can.</summary>
    public static string? Refusal(string written, string present)
    {
        if (written == present)
            return null;
        var (before, now) = (written.Split('\n'), present.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(before.Length, now.Length)).First(i => before.ElementAtOrDefault(i) != now.ElementAtOrDefault(i));
        return $"The checkpoint was written by a program with {Line(before, line)}, this one has {Line(now, line)}; start that program, take its state over by a savepoint (IJob.StopWithSavepointAsync), or give this one a directory of its own.";
    }

    /// <summary>Whether a manifest is that of a job that was rescaled at another time than the present one: that of a program that fits may follow.</summary>
    public static bool IsOfOtherScale(string written, string present) => JobScale.Find(written).Times != JobScale.Find(present).Times;

    /// <summary>Whether a manifest is that of a job of this name.</summary>
    public static bool IsOf(string text, string job) => text.StartsWith($"job {job}\n", StringComparison.Ordinal);

    /// <exception cref="CorruptCheckpointException">It is no manifest.</exception>
    public static JobManifest Parse(string text)
    {
        var match = Whole().Match(text);
        if (!match.Success)
            throw new CorruptCheckpointException("The manifest of a job expected, other text found; it was written by another version of Millrace.");
        var stages = Enumerable.Range(0, match.Groups["tasks"].Captures.Count).Select(stage =>
        {
            // The partitioner is the last of the line, and its name is that of a type: no other can hold what stands before it.
            var (head, placed) = (match.Groups["head"].Captures[stage].Value, (string?)null);
            if (head.LastIndexOf(PlacedBy, StringComparison.Ordinal) is >= 0 and var at)
                (head, placed) = (head[..at], head[(at + PlacedBy.Length)..]);
            return new Stage(Number(match.Groups["tasks"].Captures[stage]), Number(match.Groups["channels"].Captures[stage]), head, placed);
        });
        return new(match.Groups["job"].Value, Number(match.Groups["groups"]), [.. stages], match.Groups["epoch"] is { Success: true } epoch ? Number(epoch) : null, JobScale.Find(match.Groups["scale"].Value));
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"job {Job}\nkey groups {KeyGroups}\n");
        if (EpochMs is { } epochMs)
            text.Append(CultureInfo.InvariantCulture, $"epochs of {epochMs} ms\n");
        text.Append(Scale);
        for (var stage = 0; stage < Stages.Length; stage++)
            text.Append(CultureInfo.InvariantCulture, $"stage {stage}: {Stages[stage]}\n");
        return text.ToString();
    }

    /// <summary>The stages whose partitions say where state is: their own, or that of a stage whose rows come from them and stay on their partition.</summary>
    /// <remarks>Others may place their rows anew at each start.</remarks>
    private static bool[] KeepingState(JobGraph graph)
    {
        var keeps = new bool[graph.Stages.Length];
        foreach (var stage in graph.Stages.Reverse())
        {
            keeps[stage.Index] = stage.Nodes.Any(node => node.Options.IsStateful)
                || stage.Outputs.Any(edge => keeps[edge.ToStage] && graph.ExchangeOf(edge) == ExchangeKind.Forward);
        }

        return keeps;
    }

    private static string Line(string[] lines, int line) => line < lines.Length && lines[line].Length > 0 ? $"'{lines[line]}'" : "no more stages";

    private static int Number(Capture digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\Ajob (?<job>[^\n]*)\nkey groups (?<groups>\d{1,9})\n(epochs of (?<epoch>\d{1,9}) ms\n)?(?<scale>(rescaled [^\n]*\n(by default [^\n]*\n)?(to \d[^\n]*\n)*)?)(stage \d+: (?<tasks>\d{1,9}) tasks, (?<channels>\d{1,9}) input channels, from (?<head>[^\n]*)\n)*\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();
}
