using Millrace.Data;

namespace Millrace.Client;

/// <summary>A started job. Thread-safe.</summary>
public interface IJob
{
    JobId Id { get; }

    JobState State { get; }

    /// <summary>Ends when the job has ended; faulted with <see cref="JobFailedException"/> when it failed.</summary>
    Task Completion { get; }

    /// <summary>The last committed epoch.</summary>
    Epoch Committed { get; }

    /// <summary>What the job counted so far.</summary>
    JobCounters Counters { get; }

    /// <summary>
    /// Stops the job. Gracefully: what the sources hold is read, every epoch commits and is written, then the tasks end.
    /// Otherwise the tasks end at once and epochs in flight are dropped.
    /// </summary>
    Task StopAsync(bool graceful, CancellationToken cancellationToken = default);
}
