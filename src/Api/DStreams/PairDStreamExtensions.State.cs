using Millrace.Data;
using Millrace.DStreams.Rdds;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Operators.Keyed;

namespace Millrace.DStreams;

/// <content>State by key.</content>
public static partial class PairDStreamExtensions
{
    /// <summary>A total per key over all batches. Each batch gives out the keys that it held, with their new totals.</summary>
    /// <remarks>Cheaper than <c>UpdateStateByKey</c> where a batch holds few of many keys. The function must be associative and commutative; of a type that can be changed it gets copies, call by call.</remarks>
    public static DStream<(TKey Key, TValue Value)> RunningReduceByKey<TKey, TValue>(
        this DStream<(TKey Key, TValue Value)> stream, Func<TValue, TValue, TValue> reduce)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(reduce);
        var placement = KeyPlacement<TKey>.Of(stream, numPartitions: null);
        return Combine(stream, reduce).Apply<(TKey Key, TValue Value)>(
            "runningReduceByKey",
            () => new RunningReduceByKeyOperator<TKey, TValue>(reduce),
            placement.From(stream),
            isStateful: true,
            partitionedBy: placement.PartitionedBy);
    }

    /// <summary>A state per key, brought forward in every batch.</summary>
    /// <param name="stream">The pairs.</param>
    /// <param name="update">
    /// Given the values that the batch holds for a key, and the key's state, returns the new state, or none to forget the key.
    /// Called in every batch for every key that has a state or values, also when the batch holds none for it.
    /// </param>
    /// <param name="initialState">States that keys have before the first batch; one for a key. <value>Default none.</value></param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    /// <returns>The state of every key, in every batch.</returns>
    public static DStream<(TKey Key, TState State)> UpdateStateByKey<TKey, TValue, TState>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<IReadOnlyList<TValue>, Option<TState>, Option<TState>> update,
        IEnumerable<(TKey Key, TState State)>? initialState = null,
        int? numPartitions = null) =>
        UpdateState(stream, update, initialState, KeyPlacement<TKey>.Of(stream, numPartitions));

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static DStream<(TKey Key, TState State)> UpdateStateByKey<TKey, TValue, TState>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<IReadOnlyList<TValue>, Option<TState>, Option<TState>> update,
        Partitioner<TKey> partitioner,
        IEnumerable<(TKey Key, TState State)>? initialState = null) =>
        UpdateState(stream, update, initialState, KeyPlacement<TKey>.By(partitioner));

    /// <summary>The same, for a function that sees the batch's time and the key too.</summary>
    /// <inheritdoc cref="UpdateStateByKey{TKey,TValue,TState}(DStream{ValueTuple{TKey,TValue}},Func{IReadOnlyList{TValue},Option{TState},Option{TState}},IEnumerable{ValueTuple{TKey,TState}},int?)"/>
    public static DStream<(TKey Key, TState State)> UpdateStateByKey<TKey, TValue, TState>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<Time, TKey, IReadOnlyList<TValue>, Option<TState>, Option<TState>> update,
        IEnumerable<(TKey Key, TState State)>? initialState = null,
        int? numPartitions = null) =>
        UpdateState(stream, update, initialState, KeyPlacement<TKey>.Of(stream, numPartitions));

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static DStream<(TKey Key, TState State)> UpdateStateByKey<TKey, TValue, TState>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<Time, TKey, IReadOnlyList<TValue>, Option<TState>, Option<TState>> update,
        Partitioner<TKey> partitioner,
        IEnumerable<(TKey Key, TState State)>? initialState = null) =>
        UpdateState(stream, update, initialState, KeyPlacement<TKey>.By(partitioner));

    /// <summary>The same, for a function of all keys of a partition: keys that it does not return are forgotten.</summary>
    /// <param name="stream">The pairs.</param>
    /// <param name="update">Given every key with values or a state, once a batch and partition; returns the keys that have a state from now on.
    /// What it is given can be read only until its result has been read to the end.</param>
    /// <param name="initialState">States that keys have before the first batch; one for a key. <value>Default none.</value></param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    public static DStream<(TKey Key, TState State)> UpdateStateByKey<TKey, TValue, TState>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<IEnumerable<(TKey Key, IReadOnlyList<TValue> Values, Option<TState> State)>, IEnumerable<(TKey Key, TState State)>> update,
        IEnumerable<(TKey Key, TState State)>? initialState = null,
        int? numPartitions = null) =>
        UpdateState(stream, update, initialState, KeyPlacement<TKey>.Of(stream, numPartitions));

    /// <summary>The same, where a partitioner puts the keys.</summary>
    public static DStream<(TKey Key, TState State)> UpdateStateByKey<TKey, TValue, TState>(
        this DStream<(TKey Key, TValue Value)> stream,
        Func<IEnumerable<(TKey Key, IReadOnlyList<TValue> Values, Option<TState> State)>, IEnumerable<(TKey Key, TState State)>> update,
        Partitioner<TKey> partitioner,
        IEnumerable<(TKey Key, TState State)>? initialState = null) =>
        UpdateState(stream, update, initialState, KeyPlacement<TKey>.By(partitioner));

    /// <summary>Each pair mapped by a function that reads and changes the state of its key. Only keys that pairs touch are visited.</summary>
    /// <returns>What the function returned; the states themselves by <see cref="MapWithStateDStream{TKey,TState,TResult}.StateSnapshots"/>.</returns>
    public static MapWithStateDStream<TKey, TState, TResult> MapWithState<TKey, TValue, TState, TResult>(
        this DStream<(TKey Key, TValue Value)> stream, StateSpec<TKey, TValue, TState, TResult> spec)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(spec);
        var graph = stream.Context.Building();
        var snapshots = new SnapshotSwitch();
        var (map, timeoutMs, initial, every) = (spec.Map, spec.TimeoutMs, spec.InitialStates, stream.SlideBatches);
        var rows = InitialRows(stream.Context, initial);
        var placement = spec.PartitionedBy is { } partitioner ? KeyPlacement<TKey>.By(partitioner) : KeyPlacement<TKey>.Of(stream, spec.Partitions);
        var node = graph.AddOperator(
            "mapWithState",
            () => new MapWithStateOperator<TKey, TValue, TState, TResult>(map, timeoutMs, initial is not null, snapshots.IsOn, every),
            new NodeOptions { IsStateful = true, Parallelism = placement.Parallelism });
        graph.Connect(stream.Port, node, placement.From(stream));
        ConnectInitial(rows, node, placement);
        return new(stream.Context, node, snapshots, placement.PartitionedBy, every);
    }

    private static DStream<(TKey Key, TState State)> UpdateState<TKey, TValue, TState>(
        DStream<(TKey Key, TValue Value)> stream,
        Func<IReadOnlyList<TValue>, Option<TState>, Option<TState>> update,
        IEnumerable<(TKey Key, TState State)>? initialState,
        KeyPlacement<TKey> placement)
    {
        ArgumentNullException.ThrowIfNull(update);
        return AddUpdateState(stream, every => new UpdateStateByKeyOperator<TKey, TValue, TState>(update, every), initialState, placement);
    }

    private static DStream<(TKey Key, TState State)> UpdateState<TKey, TValue, TState>(
        DStream<(TKey Key, TValue Value)> stream,
        Func<Time, TKey, IReadOnlyList<TValue>, Option<TState>, Option<TState>> update,
        IEnumerable<(TKey Key, TState State)>? initialState,
        KeyPlacement<TKey> placement)
    {
        ArgumentNullException.ThrowIfNull(update);
        return AddUpdateState(
            stream,
            every => new UpdateStateByKeyOperator<TKey, TValue, TState>((nowMs, key, values, state) => update(new Time(nowMs), key, values, state), every),
            initialState,
            placement);
    }

    private static DStream<(TKey Key, TState State)> UpdateState<TKey, TValue, TState>(
        DStream<(TKey Key, TValue Value)> stream,
        Func<IEnumerable<(TKey Key, IReadOnlyList<TValue> Values, Option<TState> State)>, IEnumerable<(TKey Key, TState State)>> update,
        IEnumerable<(TKey Key, TState State)>? initialState,
        KeyPlacement<TKey> placement)
    {
        ArgumentNullException.ThrowIfNull(update);
        return AddUpdateState(stream, every => new UpdateStateByKeyOperator<TKey, TValue, TState>(update, every), initialState, placement);
    }

    private static DStream<(TKey Key, TState State)> AddUpdateState<TKey, TValue, TState>(
        DStream<(TKey Key, TValue Value)> stream,
        Func<int, Operator> create,
        IEnumerable<(TKey Key, TState State)>? initialState,
        KeyPlacement<TKey> placement)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var every = stream.SlideBatches;
        var rows = InitialRows(stream.Context, initialState is null ? null : Check.InitialStates(initialState));
        var states = stream.Apply<(TKey Key, TState State)>(
            "updateStateByKey",
            () => create(every),
            placement.From(stream),
            isStateful: true,
            partitionedBy: placement.PartitionedBy,
            parallelism: placement.Parallelism);
        ConnectInitial(rows, states.Port.Node, placement);
        return states;
    }

    private static DStream<(TKey Key, TState Value)>? InitialRows<TKey, TState>(StreamingContext context, (TKey Key, TState State)[]? states) =>
        states is null ? null : context.SourceStream("initialState", new Connectors.Memory.RowsSource<(TKey Key, TState Value)>(states));

    private static void ConnectInitial<TKey, TState>(DStream<(TKey Key, TState Value)>? rows, StreamNode node, KeyPlacement<TKey> placement) =>
        rows?.Context.Building().Connect(rows.Port, node, placement.FromAnywhere<TState>());
}
