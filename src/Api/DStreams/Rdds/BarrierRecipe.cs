using System.Runtime.ExceptionServices;
using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>A function over all partitions of the parent at once. Its rows are computed together before any of them is read, and kept while the dataset lives.</summary>
internal sealed class BarrierRecipe<TIn, T>(Rdd<TIn> parent, Func<BarrierTaskContext, IEnumerable<TIn>, IEnumerable<T>> map) : Recipe<T>
{
    public const string Operation = "barrier";

    private readonly Lock _lock = new();
    private volatile T[][]? _rows;

    public override string Kind => "BarrierRdd";

    public override int Partitions => parent.NumPartitions;

    public override IReadOnlyList<Dependency> Dependencies { get; } = [new NarrowDependency(parent)];

    public override void Prepare(DatasetRunner runner)
    {
        lock (_lock)
        {
            if (_rows is not null)
                return;
            Lineage.Prepare(parent, runner);
            for (var attempt = 0; _rows is null; attempt++)
                _rows = Try(runner, attempt);
        }
    }

    public override IEnumerable<T> Compute(int partition) => _rows?[partition]
        ?? throw new GraphException("barrier: a stage that is computed before expected, one within a function of another RDD found; call an action on it first, outside.");

    /// <returns>Null: a task failed, and the stage may be tried again.</returns>
    private T[][]? Try(DatasetRunner runner, int attempt)
    {
        var stage = new BarrierStage(Partitions);
        var rows = new T[Partitions][];
        try
        {
            runner.ComputeTogether(parent, Operation, partition => rows[partition] = ComputeTask(stage, partition, attempt));
            return rows;
        }
        catch (Exception cause)
        {
            // Where no task has: the job has ended, and those that wait for others would do so for ever.
            var hasTaskFailed = stage.Cause is not null;
            stage.Break(cause);
            if (hasTaskFailed && attempt + 1 < runner.MaxFailures)
                return null;
            ExceptionDispatchInfo.Throw(stage.Cause!);
            throw;
        }
    }

    private T[] ComputeTask(BarrierStage stage, int partition, int attempt)
    {
        try
        {
            var task = new BarrierTaskContext(stage, partition, Partitions, attempt);
            var rows = new GuardedRows<T>(Operation, partition, () => map(task, parent.Compute(partition))).ToArray();
            stage.End(partition);
            return rows;
        }
        catch (Exception cause)
        {
            stage.Break(cause);
            throw;
        }
    }
}
