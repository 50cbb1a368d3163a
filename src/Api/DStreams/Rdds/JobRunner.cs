using Millrace.Client;

namespace Millrace.DStreams.Rdds;

/// <summary>For the batches of a context and what stands on them: computes on the executors of its job while it runs, and as <see cref="LocalRunner"/> before and after.</summary>
internal sealed class JobRunner : DatasetRunner
{
    private volatile IExecutors? _executors;

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
