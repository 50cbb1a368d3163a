using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams.Rdds;
using Millrace.Graphs;
using Millrace.Operators.Stateless;
using Millrace.Planning;

namespace Millrace.DStreams;

/// <summary>Builds and runs one job that cuts its input into batches of a fixed interval.</summary>
/// <remarks>
/// Streams and output operations are added while the context is <see cref="StreamingContextState.Initialized"/>; <see cref="StartAsync"/> runs
/// them, once. Bodies of output operations run on a thread of the context's own, batch after batch, in the order in which they were added.
/// Building is for one thread; starting, stopping and waiting are thread-safe.
/// </remarks>
public sealed partial class StreamingContext : IAsyncDisposable
{
    // As long as Spark waits, before it interrupts.
    private static readonly TimeSpan BodyEndMax = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan TimerMax = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
    private static readonly ConditionalWeakTable<IJobRunner, StreamingContext> ActiveContexts = [];

    private readonly IJobRunner _runner;
    private readonly StreamGraph _graph = new();
    private readonly Driver _driver;
    private readonly Lock _lock = new();
    private JobOptions _options;
    private readonly Lazy<ListenerBus> _bus;
    private readonly List<Func<JobGraph, ReceiverMonitor>> _receivers = [];
    private readonly List<IRememberedStream> _streams = [];
    private IReadOnlyList<ReceiverMonitor> _monitors = [];
    private readonly Dictionary<StreamNode, int> _windows = [];
    private TimeSpan? _remember;
    private IRememberedStream? _saved;
    private int _lastInput = -1;
    private IJob? _job;
    private StreamingContextState _state = StreamingContextState.Initialized;

    /// <param name="runner">The host to run in.</param>
    /// <param name="batchDuration">The batch interval; from 1 ms to 1 day, a whole number of milliseconds.</param>
    /// <param name="options">How to run the job; interval and empty batches are the context's own.</param>
    public StreamingContext(IJobRunner runner, TimeSpan batchDuration, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runner);
        if (batchDuration < TimeSpan.FromMilliseconds(1) || batchDuration > TimeSpan.FromDays(1) || batchDuration.Ticks % TimeSpan.TicksPerMillisecond != 0)
            throw new GraphException($"Batch interval {batchDuration.TotalMilliseconds} ms found, a whole number of milliseconds, 1 or more, expected, and at most one day.");
        _runner = runner;
        _driver = new(Datasets);
        BatchDuration = batchDuration;
        _bus = new(() => new ListenerBus(Logger));
        _options = (options ?? new()) with { EpochInterval = batchDuration, StateCountsEpochs = true, EmptyEpochs = EmptyEpochs.Show };
    }

    /// <summary>How receivers are slowed down when batches take too long. <value>Default null: not at all.</value></summary>
    public BackpressureOptions? Backpressure { get; init; }

    /// <summary>
    /// Whether receivers and socket streams log what comes below the checkpoint directory before it is read, so that nothing acknowledged is lost
    /// with the process; Spark's <c>receiver.writeAheadLog.enable</c>. Their options may say otherwise. Other inputs are as <see cref="Explain"/> says.
    /// </summary>
    /// <value>Default false. When true, a context that starts with such a stream must have a checkpoint directory.</value>
    public bool WriteAheadLog { get; init; }

    /// <summary>Where the context's own warnings go. <value>Default: nowhere.</value></summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Events that listeners have missed because they were slower.</summary>
    public long ListenerEventsDropped => Bus.Dropped;

    private ListenerBus Bus => _bus.Value;

    /// <summary>Computes the context's RDDs.</summary>
    internal JobRunner Datasets { get; } = new();

    /// <summary>The batch interval.</summary>
    public TimeSpan BatchDuration { get; }

    public StreamingContextState State
    {
        get
        {
            lock (_lock)
                return _state == StreamingContextState.Active && _job is { Completion.IsCompleted: true } ? StreamingContextState.Stopped : _state;
        }
    }

    /// <summary>The context that is active in a host, or null.</summary>
    public static StreamingContext? GetActive(IJobRunner runner)
    {
        ArgumentNullException.ThrowIfNull(runner);
        lock (ActiveContexts)
            return ActiveContexts.TryGetValue(runner, out var context) && context.State == StreamingContextState.Active ? context : null;
    }

    /// <summary>The context that is active in a host, or else a new one.</summary>
    public static StreamingContext GetActiveOrCreate(IJobRunner runner, Func<StreamingContext> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return GetActive(runner) ?? create();
    }

    /// <summary>The context that is active in a host, or else the one that <see cref="GetOrCreate"/> gives.</summary>
    public static StreamingContext GetActiveOrCreate(IJobRunner runner, string directory, Func<StreamingContext> create) =>
        GetActive(runner) ?? GetOrCreate(directory, create);

    /// <summary>The context that goes on from the checkpoint in a directory, or, where there is none, starts one there.</summary>
    /// <param name="directory">Where the checkpoint is, or will be.</param>
    /// <param name="create">Builds the context with its streams and outputs, in both cases: functions are not part of a checkpoint, what they have brought about is.</param>
    /// <returns>The context, not started. Started on a checkpoint, it runs the batches first whose times came while no process ran.</returns>
    /// <remarks>The program must be the one that wrote the checkpoint: operators that keep state are found by their names
    /// (<see cref="DStream{T}.WithName"/>); one that is missing, or has another type, is an error.</remarks>
    public static StreamingContext GetOrCreate(string directory, Func<StreamingContext> create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentNullException.ThrowIfNull(create);
        var context = create() ?? throw new GraphException("GetOrCreate: a context expected of the function, null found.");
        context.Building();
        context.KeepCheckpoints(directory, startsAnew: false);
        return context;
    }

    /// <summary>Keeps checkpoints in a directory, which must not hold any; <see cref="GetOrCreate"/> goes on from one.</summary>
    /// <param name="directory">Made when it is not there.</param>
    /// <remarks>Every batch is durable before its output operations run. Without a checkpoint directory all state ends with the process.</remarks>
    public void Checkpoint(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        Building();
        KeepCheckpoints(directory, startsAnew: true);
    }

    // Why a name: sinks know the job by it, and a host has one active context.
    private void KeepCheckpoints(string directory, bool startsAnew) =>
        _options = _options with { CheckpointDirectory = directory, StartsAnew = startsAnew, Name = _options.Name ?? "streaming" };

    /// <summary>The running job, or null before the start.</summary>
    public IJob? Job => _job;

    /// <summary>The rows of all streams, batch by batch. They must have the same slide.</summary>
    public DStream<T> Union<T>(IReadOnlyList<DStream<T>> streams)
    {
        ArgumentNullException.ThrowIfNull(streams);
        CheckTogether(streams, "union");
        var node = Building().AddOperator("union", () => new UnionOperator<T>(streams.Count));
        foreach (var stream in streams)
            Building().Connect(stream.Port, node);
        return new(this, new OutputPort<T>(node), slideBatches: streams[0].SlideBatches);
    }

    /// <summary>A function of the batches of two streams of the same slide, which may be of different types.</summary>
    /// <inheritdoc cref="DStream{T}.Transform{TOut}(Func{Rdd{T},Time,Rdd{TOut}})" path="/remarks"/>
    public DStream<TOut> Transform<T1, T2, TOut>(DStream<T1> first, DStream<T2> second, Func<Rdd<T1>, Rdd<T2>, Time, Rdd<TOut>> transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        CheckOwn(first, "transform");
        first.CheckTogether(second, "transform");
        var transformed = new Transformed(this, first.SlideBatches);
        transformed.Add(first);
        transformed.Add(second);
        return transformed.Build((rdds, time) => transform((Rdd<T1>)rdds[0], (Rdd<T2>)rdds[1], time));
    }

    /// <summary>A function of the batches of three streams of the same slide, which may be of different types.</summary>
    /// <inheritdoc cref="DStream{T}.Transform{TOut}(Func{Rdd{T},Time,Rdd{TOut}})" path="/remarks"/>
    public DStream<TOut> Transform<T1, T2, T3, TOut>(
        DStream<T1> first, DStream<T2> second, DStream<T3> third, Func<Rdd<T1>, Rdd<T2>, Rdd<T3>, Time, Rdd<TOut>> transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        CheckOwn(first, "transform");
        first.CheckTogether(second, "transform");
        first.CheckTogether(third, "transform");
        var transformed = new Transformed(this, first.SlideBatches);
        transformed.Add(first);
        transformed.Add(second);
        transformed.Add(third);
        return transformed.Build((rdds, time) => transform((Rdd<T1>)rdds[0], (Rdd<T2>)rdds[1], (Rdd<T3>)rdds[2], time));
    }

    /// <summary>A function of the batches of any number of streams of one type and of the same slide; see <see cref="DStream{T}.Transform{TOut}(Func{Rdd{T},Time,Rdd{TOut}})"/>.</summary>
    public DStream<TOut> Transform<T, TOut>(IReadOnlyList<DStream<T>> streams, Func<IReadOnlyList<Rdd<T>>, Time, Rdd<TOut>> transform)
    {
        ArgumentNullException.ThrowIfNull(streams);
        ArgumentNullException.ThrowIfNull(transform);
        CheckTogether(streams, "transform");
        var transformed = new Transformed(this, streams[0].SlideBatches);
        foreach (var stream in streams)
            transformed.Add(stream);
        return transformed.Build((rdds, time) => transform([.. rdds.Cast<Rdd<T>>()], time));
    }

    /// <summary>An RDD of the given rows, as <see cref="Rdd.Parallelize{T}(IEnumerable{T}, int?)"/>, that belongs to this context, wherever an action is called: while it runs, its executors compute
    /// it and what stands on it, and try again what throws. Spark's <c>SparkContext.parallelize</c>.</summary>
    /// <param name="rows">The rows; taken over as they are now.</param>
    /// <param name="numPartitions">Number of partitions; null for one a processor.</param>
    /// <exception cref="GraphException">Fewer partitions than 1.</exception>
    public Rdd<T> Parallelize<T>(IEnumerable<T> rows, int? numPartitions = null) => Rdd.Parallelize(rows, numPartitions, Datasets);

    /// <summary>Lets a listener hear of batches, output operations and receivers from now on.</summary>
    public void AddStreamingListener(StreamingListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Bus.Add(listener);
    }

    /// <summary>Leaves a listener out from now on.</summary>
    public void RemoveStreamingListener(StreamingListener listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Bus.Remove(listener);
    }

    /// <summary>Keeps the batches of every stream for at least so long, for <see cref="DStream{T}.Slice(Time, Time)"/>; and longer by the windows that stand on it.</summary>
    /// <param name="duration">More than zero.</param>
    /// <remarks>The rows stay in memory. Without it no batch is kept: windows have state of their own.</remarks>
    public void Remember(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
            throw new GraphException($"Remember: {duration.TotalMilliseconds} ms found, more than 0 ms expected.");
        Building();
        _remember = duration;
    }

    /// <summary>The plan as text.</summary>
    public string Explain() => Plan().Explain();

    /// <summary>What the program would take over from the savepoint that its job options name (<see cref="JobOptions.Savepoint"/>), before it is started.</summary>
    /// <exception cref="ConfigurationException">The savepoint can't be read.</exception>
    public SavepointReport CompareWithSavepoint() => _runner.CompareWithSavepoint(_graph, _options);

    /// <summary>Starts the batches. Throws <see cref="GraphException"/> when there is no output operation, the context was started before, or another is active in the host.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_state != StreamingContextState.Initialized)
                throw new GraphException($"The context is {_state.ToString().ToLowerInvariant()} already, an initialized one expected; make a new StreamingContext to run again.");
            if (!_driver.HasOutputs && _saved is null)
                throw new GraphException("No output operation found, at least one expected (Print, ForeachRDD, SaveTo), so there is nothing to run.");
            BecomeActive();
            if (!_driver.HasOutputs)
                _saved!.EndBatchesHere();
            if (_remember is { } duration)
                KeepBatches(duration);
            if (_options.CheckpointDirectory is { } directory)
            {
                Datasets.KeepCheckpoints(Path.GetFullPath(directory));
                _options = _options with { SnapshotInterval = _streams.Select(stream => stream.CheckpointDuration).Append(_options.SnapshotInterval).Min() };
            }

            _state = StreamingContextState.Active;
        }

        try
        {
            var plan = Plan();
            _monitors = _receivers.ConvertAll(monitor => monitor(plan));
            var tracker = new BatchTracker(_runner.Clock, Bus, _monitors, Datasets, _driver);
            Bus.Post(listener => listener.OnStreamingStarted(_runner.Clock.GetUtcNow()));
            _driver.Start(tracker, plan, _options.TaskTimeout ?? _runner.TaskTimeout);
            var job = await _runner.StartAsync(_graph, _options with { Observer = tracker }, cancellationToken).ConfigureAwait(false);
            if (!_runner.IsSpread)
                DropFormerCheckpoints();
            bool isStopped;
            lock (_lock)
            {
                _job = job;
                isStopped = _state == StreamingContextState.Stopped;
            }

            if (isStopped)
            {
                await job.StopAsync(graceful: false, CancellationToken.None).ConfigureAwait(false);
                throw new GraphException("The context was stopped while it started.");
            }
        }
        catch
        {
            _driver.Dispose();
            Bus.Dispose();
            lock (_lock)
                _state = StreamingContextState.Stopped;
            throw;
        }
    }

    /// <summary>Waits until the context has ended; throws <see cref="JobFailedException"/> when it failed.</summary>
    public Task AwaitTerminationAsync(CancellationToken cancellationToken = default) => Running().Completion.WaitAsync(cancellationToken);

    /// <summary>Waits at most <paramref name="timeout"/>; true when the context has ended.</summary>
    /// <param name="timeout">0 or more. More than a timer can hold (49 days), or <see cref="Timeout.InfiniteTimeSpan"/>: without a limit.</param>
    public async Task<bool> AwaitTerminationOrTimeoutAsync(TimeSpan timeout)
    {
        if (timeout > TimerMax)
            timeout = Timeout.InfiniteTimeSpan;
        if (timeout != Timeout.InfiniteTimeSpan && timeout < TimeSpan.Zero)
            throw new GraphException($"AwaitTerminationOrTimeout: 0 ms or more expected, {timeout.TotalMilliseconds} ms found.");
        var completion = Running().Completion;
        try
        {
            await completion.WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!completion.IsCompleted)
        {
            return false;
        }

        return true;
    }

    /// <summary>Ends the context. Gracefully: what was received is worked off first, as long as no more than <c>millrace.stop.graceful-timeout</c> goes by without a batch. Stopping twice does nothing.</summary>
    /// <exception cref="StopTimeoutException">The work was not done in time: the context has ended as by an immediate stop.</exception>
    /// <remarks>An immediate stop waits for the body of an output operation that is running, for at most 2 s: what goes on longer is warned of. Called by the body of an output operation, it only begins, since that batch is to be worked off too: <see cref="AwaitTerminationAsync"/> tells when it has ended.</remarks>
    public Task StopAsync(bool graceful = false)
    {
        IJob? job;
        lock (_lock)
        {
            job = _job;
            _state = StreamingContextState.Stopped;
        }

        var stopping = EndAsync(job, graceful);
        return _driver.IsCaller ? Task.CompletedTask : stopping;
    }

    private void DropFormerCheckpoints()
    {
        try
        {
            Datasets.DropFormerCheckpoints();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            ContextLog.FormerCheckpointsStay(Logger, _options.CheckpointDirectory!, cause.Message);
        }
    }

    private async Task EndAsync(IJob? job, bool graceful)
    {
        try
        {
            if (job is not null)
                await job.StopAsync(graceful).ConfigureAwait(false);
        }
        finally
        {
            foreach (var monitor in _monitors)
                monitor.Ended();
            _driver.Dispose();
            if (!_driver.IsCaller && await _driver.EndAsync(BodyEndMax).ConfigureAwait(false) is { } running)
                ContextLog.BodyGoesOn(Logger, running, BodyEndMax.TotalSeconds);
            Bus.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    internal JobGraph Plan() => _runner.Plan(_graph, _options);

    /// <summary>The graph, for adding to it; throws once the context has started.</summary>
    internal StreamGraph Building() => State switch
    {
        StreamingContextState.Initialized => _graph,
        StreamingContextState.Active => throw new GraphException("An operation was added after the start; add streams and outputs before StartAsync."),
        _ => throw new GraphException("An operation was added after the stop; make a new StreamingContext."),
    };

    /// <summary>Says that a stream is written to a sink.</summary>
    internal void NoteSink(IRememberedStream stream) => _saved ??= stream;

    /// <summary>Knows of a stream, in case batches are to be kept.</summary>
    internal void Register(IRememberedStream stream) => _streams.Add(stream);

    /// <summary>Says that an operator looks back so many batches.</summary>
    internal void NoteWindow(StreamNode node, int batches) => _windows[node] = batches;

    /// <param name="kind">What it is, for its name.</param>
    /// <param name="port">The stream.</param>
    /// <param name="body">The output operation.</param>
    /// <param name="slideBatches">It runs for every so-manieth batch.</param>
    /// <param name="isOwn">Whether it is the context's own and not the program's.</param>
    internal void AddOutput<T>(string kind, OutputPort<T> port, Action<Rdd<T>, Time> body, int slideBatches, bool isOwn = false)
    {
        var graph = Building();
        var output = _driver.Add(body, slideBatches, isOwn);
        graph.AddSink(kind, port, new ForeachRddSink<T>(output));
        output.Node = graph.Nodes[^1];
    }

    // As Spark: what stands on a stream needs its batches as long as its own, and for the length of its window before them.
    private void KeepBatches(TimeSpan duration)
    {
        var needed = new TimeSpan[_graph.Nodes.Count];
        for (var node = needed.Length - 1; node >= 0; node--)
        {
            needed[node] = duration;
            foreach (var edge in _graph.Nodes[node].Outputs)
            {
                var behind = needed[edge.To.Index] + (_windows.GetValueOrDefault(edge.To) * BatchDuration);
                if (behind > needed[node])
                    needed[node] = behind;
            }
        }

        foreach (var stream in _streams.ToArray())
        {
            // As Spark: a state that is checkpointed is remembered for two of its checkpoints.
            var state = _options.CheckpointDirectory is null ? null : 2 * stream.CheckpointDuration;
            stream.Keep(state > needed[stream.Node.Index] ? state.Value : needed[stream.Node.Index]);
        }
    }

    private void CheckOwn<T>(DStream<T> first, string operation)
    {
        ArgumentNullException.ThrowIfNull(first);
        if (!ReferenceEquals(first.Context, this))
            throw new GraphException($"{operation}: a stream of another context found, streams of this one expected.");
    }

    private void CheckTogether<T>(IReadOnlyList<DStream<T>> streams, string operation)
    {
        if (streams.Count == 0)
            throw new GraphException($"{operation}: no stream found, one or more expected.");
        CheckOwn(streams[0], operation);
        foreach (var stream in streams)
            streams[0].CheckTogether(stream, operation);
    }

    private void BecomeActive()
    {
        lock (ActiveContexts)
        {
            if (GetActive(_runner) is not null)
                throw new GraphException("Another context is active in this host, at most one expected; stop it first, or start a host for each.");
            ActiveContexts.AddOrUpdate(_runner, this);
        }
    }

    private IJob Running() =>
        _job ?? throw new GraphException("The context is not started; call StartAsync before waiting for its end.");
}
