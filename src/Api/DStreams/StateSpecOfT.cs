using Millrace.Data;
using Millrace.DStreams.Rdds;
using Millrace.Operators.Keyed;

namespace Millrace.DStreams;

/// <summary>How a <c>MapWithState</c> works: its function, the states to begin with, when idle keys end. Immutable.</summary>
public sealed record StateSpec<TKey, TValue, TState, TResult>
{
    internal StateSpec(Func<long, TKey, Option<TValue>, State<TState>, Option<TResult>> map) => Map = map;

    internal Func<long, TKey, Option<TValue>, State<TState>, Option<TResult>> Map { get; }

    internal (TKey Key, TState State)[]? InitialStates { get; private init; }

    internal int? Partitions { get; private init; }

    internal Partitioner<TKey>? PartitionedBy { get; private init; }

    internal long? TimeoutMs { get; private init; }

    /// <summary>States that keys have before the first batch. <value>Default none.</value></summary>
    /// <exception cref="GraphException">A key has two.</exception>
    public StateSpec<TKey, TValue, TState, TResult> InitialState(IEnumerable<(TKey Key, TState State)> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        return this with { InitialStates = Check.InitialStates(states) };
    }

    /// <summary>Partitions of the states. <value>Default: as many as the job.</value></summary>
    public StateSpec<TKey, TValue, TState, TResult> NumPartitions(int numPartitions) =>
        this with { Partitions = Check.Partitions(numPartitions), PartitionedBy = null };

    /// <summary>Where the states are, in place of a number of partitions. <value>Default: by the stable hash of the key.</value></summary>
    public StateSpec<TKey, TValue, TState, TResult> Partitioner(Partitioner<TKey> partitioner)
    {
        ArgumentNullException.ThrowIfNull(partitioner);
        return this with { Partitions = null, PartitionedBy = partitioner };
    }

    /// <summary>
    /// A key that no pair touched for longer than this at a batch's time is called once more, without a value, and then forgotten.
    /// <value>Default: keys stay for ever.</value>
    /// </summary>
    public StateSpec<TKey, TValue, TState, TResult> Timeout(TimeSpan idle)
    {
        if (idle < TimeSpan.FromMilliseconds(1) || idle.Ticks % TimeSpan.TicksPerMillisecond != 0)
            throw new GraphException($"Timeout {idle.TotalMilliseconds} ms found, a whole number of milliseconds, 1 or more, expected.");
        return this with { TimeoutMs = (long)idle.TotalMilliseconds };
    }
}
