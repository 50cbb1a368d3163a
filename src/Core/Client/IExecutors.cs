namespace Millrace.Client;

/// <summary>The executors of a job: actors that compute partitions of datasets, on threads that nothing else uses. Thread-safe.</summary>
/// <remarks>They are there while the job runs; the first run starts them.</remarks>
public interface IExecutors
{
    /// <summary>Number of executors: so many tasks run at once at most.</summary>
    int Count { get; }

    /// <summary>How often a task may fail before the run that it belongs to fails.</summary>
    int MaxFailures { get; }

    /// <summary>Has the executors work at a run. Returns at once; <see cref="DatasetRun.Wait"/> waits for the end.</summary>
    /// <returns>False when the job has ended: nothing was begun.</returns>
    bool TryStart(DatasetRun run);
}
