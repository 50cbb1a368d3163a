using Millrace.Data;
using Millrace.DStreams.Rdds;
using Millrace.Operators;
using Millrace.State;

namespace Millrace.DStreams;

/// <summary>One input stream of a <see cref="TransformOperator{TOut}"/>: the partitions of the batch, as they come.</summary>
internal abstract class GatheredInput
{
    /// <summary>Called when the operator opens.</summary>
    public abstract void Open(IKeyedState state, int port);

    /// <summary>What <see cref="GatheredInput{T}.TakeRdd"/> returns, for functions of streams of any type.</summary>
    public abstract Dataset Take(DatasetRunner runner);
}

/// <inheritdoc/>
internal sealed class GatheredInput<T> : GatheredInput, IInput<PartitionRows<T>>
{
    private ScratchList<PartitionRows<T>> _partitions = null!;

    /// <inheritdoc/>
    public override void Open(IKeyedState state, int port) => _partitions = state.Scratch<PartitionRows<T>>($"input-{port}");

    /// <inheritdoc/>
    public void OnBatch(Batch<PartitionRows<T>> batch)
    {
        _partitions.AddRange(batch.Rows);
        batch.Release();
    }

    /// <inheritdoc/>
    public override Dataset Take(DatasetRunner runner) => TakeRdd(runner);

    /// <summary>The batch in the partitions of its senders, whatever the order in which they came.</summary>
    public Rdd<T> TakeRdd(DatasetRunner runner)
    {
        var partitions = _partitions.Rows.ToArray();
        _partitions.Clear();
        Array.Sort(partitions, static (left, right) => left.Partition.CompareTo(right.Partition));
        return Rdd.OfPartitions(partitions.Select(partition => partition.Rows), runner);
    }
}
