using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Testing;

/// <inheritdoc/>
internal sealed class HarnessCollector<T>(int port) : HarnessCollector, IInput<T>
{
    private readonly List<T> _rows = [];
    private int _taken;

    /// <inheritdoc/>
    public override int Port => port;

    /// <inheritdoc/>
    public override Type RowType => typeof(T);

    /// <inheritdoc/>
    public override string? Untaken => _taken == _rows.Count ? null : RowComparison.Show(_rows[_taken..]);

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        _rows.AddRange(batch.Rows);
        batch.Release();
    }

    /// <summary>The rows since the last call.</summary>
    public List<T> Take()
    {
        var rows = _rows[_taken..];
        _taken = _rows.Count;
        return rows;
    }

    /// <inheritdoc/>
    public override (int Count, int Taken) Mark() => (_rows.Count, _taken);

    /// <inheritdoc/>
    public override void UndoTo((int Count, int Taken) mark)
    {
        _rows.RemoveRange(mark.Count, _rows.Count - mark.Count);
        _taken = mark.Taken;
    }
}
