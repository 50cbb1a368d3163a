using System.Globalization;
using Millrace.Connectors;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Planning;

namespace Millrace.Runtime.Tasks;

/// <summary>Where the readers of sources keep files of their own: <c>sources/OPERATOR-SPLIT</c> below the job's checkpoint directory.</summary>
internal static class SourceStorage
{
    /// <summary>The place of one split; null in a job without a checkpoint directory.</summary>
    public static SplitStorage? Of(TaskSettings settings, OperatorId source, PartitionId split)
    {
        if (settings.CheckpointDirectory is not { } checkpoints)
            return null;
        // Why escaped: a name is the user's, and may hold what would lead to another directory.
        var name = string.Create(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(source.Name)}-{split.Number}");
        return new(Path.Combine(checkpoints, "sources", name), settings.Codecs);
    }

    /// <summary>Whether a source keeps files.</summary>
    public static bool IsUsedBy(StreamNode node) => node.Accept(NeedsStorage.Instance) is not null;

    /// <summary>Refuses a plan whose sources keep files, for a job that has no place for them, or would look for them on the disk of another node.</summary>
    /// <exception cref="GraphException">A source keeps files.</exception>
    public static void Refuse(JobGraph plan, bool isAlone)
    {
        foreach (var node in plan.Stages.SelectMany(stage => stage.Nodes))
        {
            if (node.Accept(NeedsStorage.Instance) is { } description)
            {
                if (!isAlone)
                    throw new GraphException($"Source {plan.IdOf(node)} ({description}): a source that any node can read expected in a cluster, one that keeps files (its write-ahead log) found; switch WriteAheadLog off, or put a log between (LogSource on a shared directory).");
                throw new GraphException(
                    $"Source {plan.IdOf(node)} ({description}): a checkpoint directory expected for the files that it keeps (its write-ahead log), none found; " +
                    "call Checkpoint(directory) or GetOrCreate, set JobOptions.CheckpointDirectory, or switch WriteAheadLog off.");
            }
        }
    }

    private sealed class NeedsStorage : INodeVisitor<string?>
    {
        public static readonly NeedsStorage Instance = new();

        public string? Visit<T>(SourceNode<T> node) => node.Source.NeedsStorage ? node.Source.Description : null;

        public string? Visit(OperatorNode node) => null;

        public string? Visit<T>(SinkNode<T> node) => null;
    }
}
