using System.Globalization;
using System.Text;
using Millrace.Planning;

namespace Millrace.Runtime.Jobs;

/// <summary>What a job is made of, as far as its checkpoints depend on it; written at each start, compared at the next.</summary>
/// <remarks>
/// <code>
/// job word-count
/// key groups 128
/// stage 0: 2 tasks, 0 input channels, from socketText
/// stage 1: 2 tasks, 4 input channels, from reduceByKey(map)
/// </code>
/// <para>Operators inside a stage may come and go: whose tables stand in a checkpoint must still be there, and the restore says which is not.</para>
/// </remarks>
internal static class JobManifest
{
    /// <param name="name">The job's name.</param>
    /// <param name="graph">Its plan.</param>
    public static string Of(string name, JobGraph graph)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"job {name}\nkey groups {graph.KeyGroups}\n");
        foreach (var stage in graph.Stages)
        {
            var channels = stage.Inputs.Sum(edge => graph.Stages[edge.FromStage].Parallelism);
            text.Append(CultureInfo.InvariantCulture, $"stage {stage.Index}: {stage.Parallelism} tasks, {channels} input channels, from {graph.IdOf(stage.Head)}\n");
        }

        return text.ToString();
    }

    /// <summary>Why a job can't go on from another's checkpoint; null: it can.</summary>
    public static string? Refusal(string written, string present)
    {
        if (written == present)
            return null;
        var (before, now) = (written.Split('\n'), present.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(before.Length, now.Length)).First(i => before.ElementAtOrDefault(i) != now.ElementAtOrDefault(i));
        return $"The checkpoint was written by '{Line(before, line)}', this program is '{Line(now, line)}'; start that program, or give this one a directory of its own.";
    }

    private static string Line(string[] lines, int line) => line < lines.Length && lines[line].Length > 0 ? lines[line] : "no more stages";
}
