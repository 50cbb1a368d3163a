using Millrace.Data;


namespace Millrace.Connectors.Batches;

/// <summary>Gives the rows of each committed epoch and partition to a function, as Spark's <c>foreachBatch</c>.</summary>
/// <remarks>
/// <para>The function is called once the epoch is committed, on a thread of the pool; for one partition in order of epochs and one call at a
/// time, for several partitions at once. It is called for partitions without rows too. The rows may be kept, and must not be changed.</para>
/// <para>Nothing tells whether a function that was running when its process was killed had done its work: after a restart, or when its task
/// was moved, committed epochs may be given again, with the same rows under the same epoch id. A function that must not do its work twice
/// keeps the last epoch id of each partition beside what it writes and leaves out what is not larger. Where the function can do that in a
/// transaction, <c>SqlTableSink</c> does it for you.</para>
/// <para>A function that throws fails the job: the epoch is committed, so it can be neither skipped nor undone. Only a
/// <see cref="TransientFaultException"/> has it called again with the same rows, after a pause, until it returns.</para>
/// </remarks>
public sealed class ForeachBatchSink<T> : ISink<T>
{
    private readonly Func<IReadOnlyList<T>, ForeachBatchInfo, Task> _function;

    /// <param name="function">Takes the rows and the epoch id.</param>
    public ForeachBatchSink(Action<IReadOnlyList<T>, long> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = (rows, batch) =>
        {
            function(rows, batch.EpochId);
            return Task.CompletedTask;
        };
    }

    /// <param name="function">Takes the rows and the epoch id; the next epoch of the partition waits for its task.</param>
    public ForeachBatchSink(Func<IReadOnlyList<T>, long, Task> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = (rows, batch) => function(rows, batch.EpochId);
    }

    /// <param name="function">Takes the rows and where they come from; the next epoch of the partition waits for its task.</param>
    public ForeachBatchSink(Func<IReadOnlyList<T>, ForeachBatchInfo, Task> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = function;
    }

    /// <inheritdoc/>
    public string Description => "foreachBatch";

    /// <summary>At least once, since a restart gives epochs again; while the process lives each is given once.</summary>
    public SinkCapability Capability => SinkCapability.AtLeastOnce;

    /// <inheritdoc/>
    public ISinkWriter<T> Open(SinkContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new ForeachBatchWriter<T>(_function, context);
    }
}
