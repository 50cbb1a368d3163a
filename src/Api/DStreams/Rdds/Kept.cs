using Millrace.Client;

namespace Millrace.DStreams.Rdds;

/// <summary>A value that the first task to need it computes and the others wait for. It is kept until it is dropped, or the executor that computed it is lost.</summary>
/// <remarks>
/// Computing takes the locks of what stands before it in the lineage alone, and whoever holds one is at work and waits for no run
/// (<see cref="DatasetTask.Current"/>): so no two wait for each other. A computation that throws is tried again by the next who needs it.
/// </remarks>
internal sealed class Kept<T>
    where T : class
{
    private readonly Lock _lock = new();
    private volatile Holding? _holding;

    private sealed record Holding(T Value, Executor? Holder);

    /// <summary>The value, or null when it is not here.</summary>
    public T? Value
    {
        get
        {
            if (_holding is not { } holding)
                return null;
            if (holding.Holder is not { IsLost: true })
                return holding.Value;
            Interlocked.CompareExchange(ref _holding, null, holding);
            return null;
        }
    }

    public T Get(Func<T> compute) => Get(static _ => true, compute);

    /// <param name="isWanted">Whether a value that is here will do; if not, it is computed again.</param>
    /// <param name="compute">Computes it.</param>
    public T Get(Func<T, bool> isWanted, Func<T> compute)
    {
        if (Value is { } value && isWanted(value))
            return value;
        lock (_lock)
        {
            if (Value is { } meanwhile && isWanted(meanwhile))
                return meanwhile;
            var computed = compute();
            _holding = new(computed, DatasetTask.Current?.Executor);
            return computed;
        }
    }

    public void Drop() => _holding = null;
}
