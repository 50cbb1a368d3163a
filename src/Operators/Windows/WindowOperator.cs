using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Windows;

/// <summary>At every slide the rows of the last batches, oldest first; a batch is one epoch.</summary>
/// <remarks>
/// After Spark's <c>window</c>. The first windows are shorter: they hold what there was. Within a batch rows keep their order of arrival.
/// State is the rows of the batches that a later window needs, by partition and not by key; giving them out copies nothing, unless their type
/// lets them be changed.
/// </remarks>
public sealed class WindowOperator<T> : Operator, IInput<T>
{
    private readonly BatchWindow _window;
    private ScratchList<T> _received = null!;
    private ValueTable<long, T[][]> _batches = null!;
    private Output<T> _output = null!;
    private Func<T[], T[]>? _copy;

    /// <param name="windowBatches">Length of a window in batches, at least 1.</param>
    /// <param name="slideBatches">Batches from one window to the next, at least 1; when more than <paramref name="windowBatches"/>,
    /// those between windows are left out.</param>
    public WindowOperator(int windowBatches, int slideBatches) => _window = new(windowBatches, slideBatches);

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        if (_window.Holds(Context.Epoch.Epoch.Number))
            _received.AddRange(batch.Rows);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        var batch = epoch.Epoch.Number;
        if (_received.Count > 0)
            _batches.Put(batch, Chunks(_received.Rows));
        _received.Clear();
        if (!_window.IsDue(batch))
            return;
        var firstOfNext = _window.FirstOfNext(batch);
        for (var past = Math.Max(1, _window.FirstOf(batch)); past <= batch; past++)
        {
            if (!_batches.TryGet(past, out var chunks))
                continue;
            foreach (var chunk in chunks)
                _output.Send(Batch<T>.View(_copy is null ? chunk : _copy(chunk), 0, chunk.Length));
            if (past < firstOfNext)
                _batches.Remove(past);
        }

        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _received = Context.State.Scratch<T>("received");
        _batches = Context.State.Value<long, T[][]>("batches", local: true);
        _output = Context.Output<T>();
        _copy = StateCopy.OfItems<T>(Context.Operator);
    }

    // Why chunks: each goes on as a view of one batch, and none reaches the large object heap.
    private static T[][] Chunks(ReadOnlySpan<T> rows)
    {
        var size = Batch<T>.FullSize;
        var chunks = new T[((rows.Length - 1) / size) + 1][];
        for (var chunk = 0; chunk < chunks.Length; chunk++)
            chunks[chunk] = rows.Slice(chunk * size, Math.Min(size, rows.Length - (chunk * size))).ToArray();
        return chunks;
    }
}
