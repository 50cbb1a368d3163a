using Millrace.Client;

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
    public override void ComputeAll(Dataset dataset, IReadOnlyList<int> partitions, Action<int> compute)
    {
        if (_executors is { } executors)
        {
            var run = new DatasetRun(dataset.ToString(), partitions, executors.MaxFailures, compute);
            if (executors.TryStart(run))
            {
                run.Wait();
                return;
            }
        }

        LocalRunner.Default.ComputeAll(dataset, partitions, compute);
    }
}
