namespace Millrace.DStreams.Rdds;

/// <summary>Spells a lineage in Spark's layout.</summary>
/// <remarks>
/// <code>
/// (2) ShuffledRdd[2] at reduceByKey []
///  +-(3) MapPartitionsRdd[1] at map []
///     |  ParallelCollectionRdd[0] at parallelize []
/// </code>
/// </remarks>
internal static class LineageText
{
    public static string Of(Dataset dataset)
    {
        var lines = new List<string>();
        AddStage(lines, dataset, head: "", indent: "");
        return string.Join('\n', lines);
    }

    // A stage begins with its number of partitions; a bar leads through the lines of the stage.
    private static void AddStage(List<string> lines, Dataset dataset, string head, string indent)
    {
        var partitions = $"({dataset.NumPartitions})";
        var offset = (partitions.Length - 1) / 2;
        var next = indent + new string(' ', offset) + "|" + new string(' ', partitions.Length - offset);
        AddSelf(lines, dataset, $"{head}{partitions} ", next);
        AddParents(lines, dataset, next);
    }

    private static void AddParents(List<string> lines, Dataset dataset, string prefix)
    {
        var parents = dataset.Dependencies;
        for (var index = 0; index < parents.Count; index++)
        {
            if (parents[index] is ShuffleDependency)
            {
                var outer = prefix.TrimEnd(' ').TrimEnd('|');
                AddStage(lines, parents[index].Parent, outer + "+-", outer + (index == parents.Count - 1 ? "  " : "| "));
            }
            else
            {
                AddSelf(lines, parents[index].Parent, prefix, prefix);
                AddParents(lines, parents[index].Parent, prefix);
            }
        }
    }

    private static void AddSelf(List<string> lines, Dataset dataset, string first, string next)
    {
        var isKept = dataset.StorageLevel != StorageLevel.None;
        lines.Add($"{first}{dataset} [{(isKept ? "Memory" : "")}]");
        if (isKept && dataset.HeldPartitions > 0)
            lines.Add($"{next}    CachedPartitions: {dataset.HeldPartitions}");
    }
}
