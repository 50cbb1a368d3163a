namespace Millrace.DStreams.Rdds;

/// <summary>Collects values, in the order in which they come.</summary>
/// <inheritdoc cref="Accumulator{TIn, TOut}" path="/remarks"/>
public sealed class CollectionAccumulator<T> : Accumulator<T, IReadOnlyList<T>>
{
    private readonly Lock _lock = new();
    private readonly List<T> _values = [];

    /// <param name="name">What it is called, or null.</param>
    public CollectionAccumulator(string? name = null)
        : base(name)
    {
    }

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
        lock (_lock)
            _values.Add(value);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        lock (_lock)
            _values.Clear();
    }
}
