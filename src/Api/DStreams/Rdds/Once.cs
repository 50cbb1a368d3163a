namespace Millrace.DStreams.Rdds;

/// <summary>A value that the first caller computes and the others wait for. A computation that throws is tried again by the next caller.</summary>
/// <remarks>Computing takes the locks of what stands before it in the lineage alone, so that no two callers wait for each other.</remarks>
internal sealed class Once<T>
    where T : class
{
    private readonly Lock _lock = new();
    private volatile T? _value;

    public bool HasValue => _value is not null;

    public T Get(Func<T> compute)
    {
        if (_value is { } value)
            return value;
        lock (_lock)
            return _value ??= compute();
    }

    public void Reset() => _value = null;
}
