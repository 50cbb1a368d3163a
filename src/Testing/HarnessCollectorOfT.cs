using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Testing;

/// <inheritdoc/>
/// <param name="port">The output port.</param>
/// <param name="takesOne">Whether a batch is taken only when the next one comes, or somebody looks: until then it waits as in a channel.</param>
internal sealed class HarnessCollector<T>(int port, bool takesOne) : HarnessCollector, IInput<T>
{
    private readonly List<T> _rows = [];
    private Batch<T>? _waiting;
    private T[] _sent = [];
    private int _taken;

    /// <inheritdoc/>
    public override int Port => port;

    /// <inheritdoc/>
    public override Type RowType => typeof(T);

    /// <inheritdoc/>
    public override Batch? Waiting => _waiting;

    /// <inheritdoc/>
    public override string? Untaken
    {
        get
        {
            TakeWaiting();
            return _taken == _rows.Count ? null : RowComparison.Show(_rows[_taken..]);
        }
    }

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        TakeWaiting();
        if (takesOne)
        {
            (_waiting, _sent) = (batch, [.. batch.Rows]);
            return;
        }

        _rows.AddRange(batch.Rows);
        batch.Release();
    }

    /// <summary>The rows since the last call.</summary>
    public List<T> Take()
    {
        TakeWaiting();
        var rows = _rows[_taken..];
        _taken = _rows.Count;
        return rows;
    }

    /// <inheritdoc/>
    public override (int Count, int Taken) Mark()
    {
        TakeWaiting();
        return (_rows.Count, _taken);
    }

    /// <inheritdoc/>
    public override void UndoTo((int Count, int Taken) mark)
    {
        TakeWaiting();
        _rows.RemoveRange(mark.Count, _rows.Count - mark.Count);
        _taken = mark.Taken;
    }

    private void TakeWaiting()
    {
        if (_waiting is not { } batch)
            return;
        _waiting = null;
        if (!batch.Rows.SequenceEqual(_sent, EqualityComparer<T>.Default))
            throw new HarnessException($"port {port} was given {RowComparison.Show(_sent)}, and {RowComparison.Show([.. batch.Rows])} found in that batch later: it was written to, or released, after it had been passed on");
        _rows.AddRange(_sent);
        batch.Release();
    }
}
