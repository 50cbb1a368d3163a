using Millrace.Data;
using Millrace.Operators;
using Millrace.State;

namespace Millrace.DStreams;

/// <summary>Gives out the rows of each due batch as one value, with the number of the partition; also when there are none.</summary>
internal sealed class GatherOperator<T>(int every) : Operator, IInput<T>
{
    private ScratchList<T> _rows = null!;
    private Output<PartitionRows<T>> _output = null!;

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        _rows.AddRange(batch.Rows);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        if (epoch.Epoch.Number % every != 0)
            return;
        _output.Add(new(Context.Partition.Number, Context.Parallelism, _rows.Rows.ToArray()));
        _rows.Clear();
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _rows = Context.State.Scratch<T>("rows");
        _output = Context.Output<PartitionRows<T>>();
    }
}
