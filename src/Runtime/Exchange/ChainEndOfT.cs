using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Exchange;

/// <inheritdoc/>
internal abstract class ChainEnd<T> : ChainEnd, IInput<T>
{
    private readonly List<Batch<T>> _captured = [];
    private bool _captures;

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        if (_captures)
        {
            Check(batch);
            _captured.Add(batch);
        }
        else
        {
            Take(batch);
        }
    }

    /// <inheritdoc/>
    public override void BeginRow() => _captures = true;

    /// <inheritdoc/>
    public override void CommitRow()
    {
        _captures = false;
        foreach (var batch in _captured)
            Take(batch);
        _captured.Clear();
    }

    /// <inheritdoc/>
    public override void DropRow()
    {
        _captures = false;
        foreach (var batch in _captured)
            batch.Release();
        _captured.Clear();
    }

    /// <summary>Throws now what <see cref="Take"/> would throw, since nothing may fail once a row is let go.</summary>
    protected virtual void Check(Batch<T> batch)
    {
    }

    /// <summary>Takes the batch over for good.</summary>
    protected abstract void Take(Batch<T> batch);
}
