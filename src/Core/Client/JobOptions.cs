using Millrace.Operators;
using Millrace.Planning;

namespace Millrace.Client;

/// <summary>How a job runs. What is null comes from the configuration of the host.</summary>
public sealed record JobOptions
{
    /// <summary>Name of the job, unique in its host. <value>Default: a name made of the front end's and a number.</value></summary>
    public string? Name { get; init; }

    /// <summary>Time from one epoch to the next, 1 ms to 1 day. <value>Default <c>millrace.epoch.interval</c>.</value></summary>
    public TimeSpan? EpochInterval { get; init; }

    /// <summary>Whether state counts in epochs, as windows of batches do: a checkpoint or savepoint that was written with another interval is then refused. <value>Default false.</value></summary>
    public bool StateCountsEpochs { get; init; }

    /// <summary>Whether empty epochs run. <value>Default <see cref="EmptyEpochs.Coalesce"/>.</value></summary>
    public EmptyEpochs EmptyEpochs { get; init; } = EmptyEpochs.Coalesce;

    /// <summary>The processing time of epoch 0; epoch k has this plus k intervals. <value>Default: now, rounded down to a whole interval.</value></summary>
    public DateTimeOffset? ZeroTime { get; init; }

    /// <summary>Epochs planned but not yet committed and written. <value>Default <c>millrace.epoch.max-inflight</c>.</value></summary>
    public int? MaxInflightEpochs { get; init; }

    /// <summary>Partitions of a source that names none. <value>Default <c>millrace.task.parallelism</c>.</value></summary>
    public int? Parallelism { get; init; }

    /// <summary>Key groups; fixed for the life of the job's state. <value>Default <c>millrace.task.key-groups</c>.</value></summary>
    public int? KeyGroups { get; init; }

    /// <summary>What the job must give at least; a plan that gives less is refused. <value>Default null: whatever the plan gives.</value></summary>
    public Guarantee? Guarantee { get; init; }

    /// <summary>What happens to a record on which an operator fails. <value>Default <see cref="ErrorPolicy.Fail"/>.</value></summary>
    public ErrorPolicy OnError { get; init; } = ErrorPolicy.Fail;

    /// <summary>How long one call of an operator, or one body of an output operation, may last before the job fails. <value>Default <c>millrace.task.timeout</c>.</value></summary>
    public TimeSpan? TaskTimeout { get; init; }

    /// <summary>
    /// Where the job keeps its checkpoints: a directory, made when it is not there. A job that is started again on it goes on where it ended,
    /// however that was. <value>Default null: nothing outlives the process.</value>
    /// </summary>
    public string? CheckpointDirectory { get; init; }

    /// <summary>Whether a directory that holds a checkpoint is refused. <value>Default false: the job goes on from it.</value></summary>
    public bool StartsAnew { get; init; }

    /// <summary>
    /// A savepoint that the job begins from (<see cref="IJob.TakeSavepointAsync"/>): parallelism may differ, and operators may have come and gone.
    /// A checkpoint directory that holds a checkpoint goes on from that, so that a service may be started again as it is. <value>Default null: from nothing.</value>
    /// </summary>
    /// <remarks>State is found by the operators' ids: name them. Key groups stay, and so do the splits of a source. Needs <see cref="CheckpointDirectory"/>.</remarks>
    public string? Savepoint { get; init; }

    /// <summary>Whether the job starts although its savepoint holds state that it has no place for (<see cref="IJobRunner.CompareWithSavepoint"/>). <value>Default false.</value></summary>
    public bool AllowsLostState { get; init; }

    /// <summary>At least so often all state is written as a whole, which bounds what a restart reads; it is written earlier where much has changed. <value>Default null: after 1000 epochs.</value></summary>
    public TimeSpan? SnapshotInterval { get; init; }

    /// <summary>Hears of the job's epochs. <value>Default: nobody.</value></summary>
    public IJobObserver? Observer { get; init; }
}
