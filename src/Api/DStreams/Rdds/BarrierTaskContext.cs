namespace Millrace.DStreams.Rdds;

/// <summary>A task of a barrier stage, and how it waits for the others. For the thread of the task.</summary>
public sealed class BarrierTaskContext
{
    private readonly BarrierStage _stage;

    internal BarrierTaskContext(BarrierStage stage, int partitionId, int numPartitions, int attemptNumber) =>
        (_stage, PartitionId, NumPartitions, AttemptNumber) = (stage, partitionId, numPartitions, attemptNumber);

    /// <summary>The partition that the task computes.</summary>
    public int PartitionId { get; }

    /// <summary>Number of tasks of the stage.</summary>
    public int NumPartitions { get; }

    /// <summary>How often the stage was tried before.</summary>
    public int AttemptNumber { get; }

    /// <summary>Waits until every task of the stage has come here, each as often as the others.</summary>
    /// <exception cref="OperationCanceledException">Another task has failed. Let it through: the stage is tried again as a whole.</exception>
    /// <remarks>A task that ends while others wait for it fails the stage: it would never come. Nothing else limits the wait but <c>millrace.task.timeout</c>.</remarks>
    public void Barrier() => _stage.Await(PartitionId, "");

    /// <summary>Waits like <see cref="Barrier"/>; gives the messages of all tasks, by partition.</summary>
    /// <exception cref="OperationCanceledException">Another task has failed.</exception>
    public IReadOnlyList<string> AllGather(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _stage.Await(PartitionId, message);
    }
}
