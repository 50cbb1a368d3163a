using Millrace.Client;
using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Takes hold of a job's executors, as a front end does.</summary>
internal sealed class ExecutorObserver : IJobObserver
{
    public IExecutors Executors { get; private set; } = null!;

    public void Starting(JobId job, IExecutors executors) => Executors = executors;

    public void EpochPlanned(EpochInfo epoch, long plannedAtMs, IReadOnlyList<SourceInput> inputs)
    {
    }
}
