using Millrace.Graphs;

namespace Millrace.DStreams;

/// <summary>What the function of a <c>MapWithState</c> returned, and the states behind it.</summary>
public sealed class MapWithStateDStream<TKey, TState, TResult> : DStream<TResult>
{
    private readonly SnapshotSwitch _snapshots;
    private readonly object _statesPartitionedBy;

    internal MapWithStateDStream(StreamingContext context, StreamNode node, SnapshotSwitch snapshots, object statesPartitionedBy, int slideBatches)
        : base(context, new OutputPort<TResult>(node), slideBatches: slideBatches)
    {
        (_snapshots, _statesPartitionedBy) = (snapshots, statesPartitionedBy);
        CheckpointDuration = 10 * SlideDuration;
    }

    /// <summary>The state of every key at the end of every batch. Costs a walk over all keys a batch, once it is asked for.</summary>
    public DStream<(TKey Key, TState State)> StateSnapshots()
    {
        Context.Building();
        _snapshots.IsOn = true;
        return new(Context, new OutputPort<(TKey Key, TState State)>(Port.Node, 1), _statesPartitionedBy, SlideBatches);
    }
}
