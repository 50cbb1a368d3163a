using Millrace.Client;
using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>For the batches of a context and what stands on them: computes on the executors of its job while it runs, and as <see cref="LocalRunner"/> before and after.</summary>
internal sealed class JobRunner : DatasetRunner
{
    private const string CheckpointFolder = "rdds";

    private volatile IExecutors? _executors;
    private volatile string? _checkpointDirectory;

    /// <inheritdoc/>
    public override string? CheckpointDirectory => _checkpointDirectory;

    /// <summary>Checkpoints of datasets go to a folder of this start's own, in the checkpoint directory of the job.</summary>
    public void KeepCheckpoints(string directory) => _checkpointDirectory = Path.Combine(directory, CheckpointFolder, Guid.NewGuid().ToString("N"));

    /// <summary>Deletes what former starts left there. The job has started: nobody else uses its directory.</summary>
    public void DropFormerCheckpoints()
    {
        if (_checkpointDirectory is not { } own || Path.GetDirectoryName(own) is not { } all || !Directory.Exists(all))
            return;
        foreach (var former in Directory.GetDirectories(all).Where(former => former != own))
            Directory.Delete(former, recursive: true);
    }

    /// <summary>The job has executors now.</summary>
    public void Attach(IExecutors executors) => _executors = executors;

    /// <inheritdoc/>
    public override int MaxFailures => _executors?.MaxFailures ?? base.MaxFailures;

    /// <inheritdoc/>
    public override void ComputeTogether(Dataset dataset, string operation, Action<int> compute)
    {
        if (_executors is { } executors)
        {
            if (dataset.NumPartitions > executors.Count)
            {
                throw new GraphException(
                    $"{operation}: an executor for each of {dataset.NumPartitions} partitions expected, {executors.Count} executors found; use fewer partitions (Coalesce), or set millrace.task.threads.");
            }

            var run = new DatasetRun(dataset.ToString(), [.. Enumerable.Range(0, dataset.NumPartitions)], maxFailures: 1, compute);
            if (executors.TryStart(run))
            {
                run.Wait();
                return;
            }
        }

        LocalRunner.Default.ComputeTogether(dataset, operation, compute);
    }

    /// <inheritdoc/>
    public override void ComputeAll(Dataset dataset, IReadOnlyList<int> partitions, Action<int> compute, CancellationToken cancellationToken = default)
    {
        if (_executors is { } executors)
        {
            var run = new DatasetRun(dataset.ToString(), partitions, executors.MaxFailures, compute);
            if (executors.TryStart(run))
            {
                Wait(run, cancellationToken);
                return;
            }
        }

        LocalRunner.Default.ComputeAll(dataset, partitions, compute, cancellationToken);
    }
}
