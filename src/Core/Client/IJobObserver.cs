using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Client;

/// <summary>Hears of the epochs of a job, in their order. Called by one thread of the job at a time: it must return at once and not throw.</summary>
public interface IJobObserver
{
    /// <summary>
    /// The job's tasks are about to start. Called before anything else; and again where this process has been taken for dead by the others, though it lives: what it had
    /// is void, and it begins anew.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="executors">Compute datasets for the job while it runs.</param>
    void Starting(JobId job, IExecutors executors);

    /// <summary>The epoch's work begins. An epoch that runs again after a failure is not told again.</summary>
    /// <remarks>Where several processes run the job, the one is told that holds the sinks that have to be together; all are where there are none.</remarks>
    /// <param name="epoch">The epoch; its time is when it was due.</param>
    /// <param name="plannedAtMs">When it was planned, in milliseconds since the Unix epoch by the host's clock.</param>
    /// <param name="inputs">What it reads, by source.</param>
    void EpochPlanned(EpochInfo epoch, long plannedAtMs, IReadOnlyList<SourceInput> inputs);
}
