using Millrace.Data;
using Millrace.Planning;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Executors;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <summary>Everything that a job is started from.</summary>
internal sealed record JobSpec
{
    public required JobPlan Plan { get; init; }

    /// <summary>Plans it at another scale; throws <see cref="GraphException"/> where it can't have that.</summary>
    public required Func<JobScale, JobPlan> PlanAt { get; init; }

    public required CoordinatorOptions Epochs { get; init; }

    public required IJournal Journal { get; init; }

    public required JobHandle Handle { get; init; }

    public required JobClock Clock { get; init; }

    /// <summary>What its executors work at.</summary>
    public required ExecutorPool Executors { get; init; }

    /// <summary>Gives dispatchers that only this job's tasks use.</summary>
    public required TaskDispatchers Dispatchers { get; init; }

    /// <summary>Gives dispatchers of one thread, each for an executor.</summary>
    public required TaskDispatchers ExecutorDispatchers { get; init; }

    /// <summary>Called when every actor of the job has ended.</summary>
    public required Action Ended { get; init; }

    public required TimeSpan TaskTimeout { get; init; }

    /// <summary>The other processes that run the job; null where this one is alone.</summary>
    public IJobNetwork? Network { get; init; }

    /// <summary>Gives this process's place among them anew, for other tasks.</summary>
    public Func<JobPlan, IJobNetwork>? Rejoin { get; init; }

    public TaskSettings Settings => Plan.Settings;

    /// <summary>The same job with other tasks.</summary>
    /// <param name="plan">They.</param>
    /// <param name="processes">How many processes the first placement waits for; null for as many as it did.</param>
    public JobSpec At(JobPlan plan, int? processes) => this with
    {
        Plan = plan,
        Epochs = Epochs with { Manifest = plan.Manifest?.ToString() ?? "", Origin = null, ExpectedProcesses = processes ?? Epochs.ExpectedProcesses },
        Network = Rejoin?.Invoke(plan),
    };
}
