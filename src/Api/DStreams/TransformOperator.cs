using Millrace.DStreams.Rdds;
using Millrace.Operators;

namespace Millrace.DStreams;

/// <summary>A function of whole batches: called once for each due batch with the RDDs of its inputs, on one partition, after all of their rows have come.</summary>
/// <remarks>
/// The RDD that it returns is computed by the executors of the job while this task waits; its partitions go out in order, numbered through to
/// the partitions behind.
/// </remarks>
internal sealed class TransformOperator<TOut>(
    GatheredInput[] inputs, Func<IReadOnlyList<Dataset>, Time, Rdd<TOut>?> transform, int every, DatasetRunner runner) : Operator
{
    private Output<PartitionRows<TOut>> _output = null!;

    /// <inheritdoc/>
    public override IInput<T> Input<T>(int port) => port < inputs.Length && inputs[port] is IInput<T> input ? input : base.Input<T>(port);

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        if (epoch.Epoch.Number % every != 0)
            return;
        var rows = Array.ConvertAll(inputs, input => input.Take(runner));
        Rdd<TOut>? result = null;
        PendingActions.Complete(runner, () => result = transform(rows, new Time(epoch.NowMs)));
        if (result is null)
            throw new InvalidOperationException("the function returned null, an RDD was expected; return Rdd.EmptyRdd for no rows");
        var partitions = result.Glom().Collect();
        for (var partition = 0; partition < partitions.Length; partition++)
            _output.Add(new(partition, partitions.Length, partitions[partition]));
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        for (var port = 0; port < inputs.Length; port++)
            inputs[port].Open(Context.State, port);
        _output = Context.Output<PartitionRows<TOut>>();
    }
}
