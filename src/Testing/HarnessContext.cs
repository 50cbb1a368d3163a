using Millrace.Data;
using Millrace.Operators;
using Millrace.State;
using Millrace.Time;

namespace Millrace.Testing;

/// <summary>What one operator of a run sees of the runtime.</summary>
internal sealed class HarnessContext(HarnessChain chain, int link) : IOperatorContext
{
    private Random? _random;

    /// <summary>The operator's tables.</summary>
    public KeyedState Tables { get; } = new();

    /// <inheritdoc/>
    public OperatorId Operator => chain.IdOf(link);

    /// <inheritdoc/>
    public PartitionId Partition => default;

    /// <inheritdoc/>
    public int Parallelism => 1;

    /// <inheritdoc/>
    public EpochInfo Epoch => chain.Epoch;

    /// <inheritdoc/>
    public Watermark Watermark => chain.Watermark;

    /// <inheritdoc/>
    public Random Random => _random ??= NewRandom();

    /// <inheritdoc/>
    public IKeyedState State => Tables;

    /// <inheritdoc/>
    public Output<T> Output<T>(int port = 0) => chain.OutputOf<T>(link, port);

    /// <summary>From here on the epoch's random numbers begin anew.</summary>
    public void ResetRandom() => _random = null;

    /// <summary>Lends other random numbers to a run that is taken back, and gives back what puts the real ones in their place again.</summary>
    public Action LendRandom()
    {
        var lent = _random;
        _random = NewRandom();
        return () => _random = lent;
    }

    private Random NewRandom() => new(HashCodeOf(Epoch, link));

    private static int HashCodeOf(EpochInfo epoch, int link) => unchecked((int)((epoch.Seed * 31) + (epoch.Epoch.Number * 7) + link));
}
