namespace Millrace.Graphs;

/// <summary>The repartitioning rule of an edge for rows of <typeparamref name="T"/>.</summary>
public sealed class Exchange<T>
{
    private Exchange(ExchangeKind kind, Partitioner<T>? partitioner)
    {
        Kind = kind;
        Partitioner = partitioner;
    }

    public static Exchange<T> Forward { get; } = new(ExchangeKind.Forward, null);

    public static Exchange<T> Broadcast { get; } = new(ExchangeKind.Broadcast, null);

    public static Exchange<T> Rebalance { get; } = new(ExchangeKind.Rebalance, null);

    public static Exchange<T> Global { get; } = new(ExchangeKind.Global, null);

    public ExchangeKind Kind { get; }

    /// <summary>Finds the key groups; only for <see cref="ExchangeKind.Hash"/>.</summary>
    public Partitioner<T>? Partitioner { get; }

    public static Exchange<T> Hash(Partitioner<T> partitioner)
    {
        ArgumentNullException.ThrowIfNull(partitioner);
        return new(ExchangeKind.Hash, partitioner);
    }
}
