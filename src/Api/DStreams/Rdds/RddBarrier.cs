namespace Millrace.DStreams.Rdds;

/// <summary>An RDD whose next operation runs on all partitions at once: its tasks may wait for each other. See <see cref="Rdd{T}.Barrier"/>.</summary>
public sealed class RddBarrier<T>
{
    private readonly Rdd<T> _parent;

    internal RddBarrier(Rdd<T> parent) => _parent = parent;

    /// <summary>A function over each partition, in tasks that run at once.</summary>
    /// <param name="map">Given the task, by which it waits for the others, and the rows of its partition.</param>
    public Rdd<TOut> MapPartitions<TOut>(Func<BarrierTaskContext, IEnumerable<T>, IEnumerable<TOut>> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new(new BarrierRecipe<T, TOut>(_parent, map), BarrierRecipe<T, TOut>.Operation);
    }

    /// <summary>The same for a function that waits for nobody, or by means of its own.</summary>
    public Rdd<TOut> MapPartitions<TOut>(Func<IEnumerable<T>, IEnumerable<TOut>> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return MapPartitions((_, rows) => map(rows));
    }

    /// <summary>The same with the partition's number.</summary>
    public Rdd<TOut> MapPartitionsWithIndex<TOut>(Func<int, IEnumerable<T>, IEnumerable<TOut>> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return MapPartitions((task, rows) => map(task.PartitionId, rows));
    }
}
