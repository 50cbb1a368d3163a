using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.State;
using Millrace.Time;

namespace Millrace.Runtime.Tasks;

/// <summary>What one operator of a chain sees of the runtime.</summary>
internal sealed class OperatorContext(ChainBuilder builder, StreamNode node, IKeyedState state, int seed) : IOperatorContext
{
    private readonly TaskChain _chain = builder.Chain;
    private Random? _random;
    private long _randomRun;

    /// <inheritdoc/>
    public OperatorId Operator { get; } = builder.IdOf(node);

    /// <inheritdoc/>
    public PartitionId Partition { get; } = builder.Partition;

    /// <inheritdoc/>
    public int Parallelism { get; } = builder.Parallelism;

    /// <inheritdoc/>
    public EpochInfo Epoch => _chain.Epoch;

    /// <inheritdoc/>
    public Watermark Watermark => _chain.Watermark;

    /// <inheritdoc/>
    public Random Random
    {
        get
        {
            if (_random is null || _randomRun != _chain.EpochRuns)
            {
                _randomRun = _chain.EpochRuns;
                _random = new Random(unchecked(((int)Epoch.Seed * 31) + seed));
            }

            return _random;
        }
    }

    /// <inheritdoc/>
    public IKeyedState State => state;

    /// <inheritdoc/>
    public Output<T> Output<T>(int port = 0) => builder.OutputOf<T>(node, port);
}
