using Millrace.Client;

namespace Millrace.DStreams.Rdds;

/// <summary>Collects values, in the order in which they come; those of a partition side by side.</summary>
/// <inheritdoc cref="Accumulator{TIn, TOut}" path="/remarks"/>
public sealed class CollectionAccumulator<T> : Accumulator<T, IReadOnlyList<T>>
{
    private readonly Lock _lock = new();
    private readonly List<T> _values = [];
    private readonly Action<List<T>> _addAll;

    /// <param name="name">What it is called, or null.</param>
    public CollectionAccumulator(string? name = null)
        : base(name) => _addAll = AddAll;

    /// <summary>A copy of the values.</summary>
    public override IReadOnlyList<T> Value
    {
        get
        {
            lock (_lock)
                return [.. _values];
        }
    }

    /// <inheritdoc/>
    public override bool IsZero
    {
        get
        {
            lock (_lock)
                return _values.Count == 0;
        }
    }

    /// <inheritdoc/>
    public override void Add(T value)
    {
        if (DatasetTask.Current is { } task)
            task.UpdateOf(this, static () => new List<T>(), _addAll).Add(value);
        else
            AddAll([value]);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        lock (_lock)
            _values.Clear();
    }

    private void AddAll(List<T> values)
    {
        lock (_lock)
            _values.AddRange(values);
    }
}
