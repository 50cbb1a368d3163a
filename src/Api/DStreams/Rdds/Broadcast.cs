using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>A read-only value for the functions of many partitions, which may be given up when it is needed no more. Thread-safe.</summary>
/// <remarks>Within one process the functions share the value itself: they must not alter it.</remarks>
public sealed class Broadcast<T>
{
    private static long _lastId = -1;

    private volatile Holder? _holder;

    /// <param name="value">The value; not to be changed afterwards.</param>
    public Broadcast(T value) => _holder = new(value);

    private sealed record Holder(T Value);

    /// <summary>A number of its own within the process.</summary>
    public long Id { get; } = Interlocked.Increment(ref _lastId);

    /// <summary>The value.</summary>
    /// <exception cref="GraphException">It was destroyed.</exception>
    public T Value => Alive().Value;

    /// <summary>Drops the copies at the workers; they are sent again on use. Within one process there are none, so that nothing changes.</summary>
    /// <exception cref="GraphException">It was destroyed.</exception>
    public void Unpersist() => Alive();

    /// <summary>Gives up the value for good: who reads it afterwards gets an error. Destroying twice is an error too, as in Spark.</summary>
    /// <exception cref="GraphException">It was destroyed.</exception>
    public void Destroy()
    {
        Alive();
        _holder = null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"Broadcast({Id})";

    private Holder Alive() => _holder ?? throw new GraphException($"{this} was destroyed and is used; destroy it behind its last use.");
}
