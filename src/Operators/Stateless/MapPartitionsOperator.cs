using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Stateless;

/// <summary>A function of all rows that a partition received in an epoch, called once at the end of every due epoch, also when there are none.</summary>
/// <remarks>
/// After Spark's <c>mapPartitions</c>; <c>glom</c> is <c>rows => [rows.ToArray()]</c>. The rows are in order of arrival, in an array that the
/// function may keep. It has no record to leave out: when it throws three times the job fails.
/// </remarks>
public sealed class MapPartitionsOperator<TIn, TOut> : Operator, IInput<TIn>
{
    private readonly Func<IEnumerable<TIn>, IEnumerable<TOut>> _map;
    private readonly int _every;
    private ScratchList<TIn> _received = null!;
    private Output<TOut> _output = null!;

    /// <param name="map">The function. Null instead of a sequence is an error; an empty one says "none".</param>
    /// <param name="every">Epochs per call, at least 1, which is the default: an epoch is due when its number is a multiple.
    /// Rows come in due epochs only.</param>
    public MapPartitionsOperator(Func<IEnumerable<TIn>, IEnumerable<TOut>> map, int every = 1)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        (_map, _every) = (map, every);
    }

    /// <inheritdoc/>
    public void OnBatch(Batch<TIn> batch)
    {
        _received.AddRange(batch.Rows);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        if (epoch.Epoch.Number % _every != 0)
            return;
        _map(_received.Rows.ToArray()).AddTo(_output);
        _received.Clear();
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _received = Context.State.Scratch<TIn>("received");
        _output = Context.Output<TOut>();
    }
}
