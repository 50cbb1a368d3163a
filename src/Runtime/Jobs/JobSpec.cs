using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <summary>Everything that a job is started from.</summary>
internal sealed record JobSpec
{
    public required TaskSettings Settings { get; init; }

    public required CoordinatorOptions Epochs { get; init; }

    public required IJournal Journal { get; init; }

    public required JobHandle Handle { get; init; }

    public required JobClock Clock { get; init; }

    /// <summary>The dispatcher that only this job's tasks use.</summary>
    public required string Dispatcher { get; init; }

    /// <summary>Takes the dispatcher back when no task of the job can be on it any more.</summary>
    public required Action<string> ReturnDispatcher { get; init; }

    /// <summary>Called when every actor of the job has ended.</summary>
    public required Action Ended { get; init; }

    public required TimeSpan TaskTimeout { get; init; }
}
