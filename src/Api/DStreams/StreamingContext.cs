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
    private readonly IJobRunner _runner;
    private readonly StreamGraph _graph = new();
    private readonly Driver _driver = new();
    private readonly Lock _lock = new();
    private readonly JobOptions _options;
    private IJob? _job;
    private StreamingContextState _state = StreamingContextState.Initialized;

    /// <param name="runner">The host to run in.</param>
    /// <param name="batchDuration">The batch interval; at least 1 ms and a whole number of milliseconds.</param>
    /// <param name="options">How to run the job; interval and empty batches are the context's own.</param>
    public StreamingContext(IJobRunner runner, TimeSpan batchDuration, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runner);
        if (batchDuration < TimeSpan.FromMilliseconds(1) || batchDuration.Ticks % TimeSpan.TicksPerMillisecond != 0)
            throw new GraphException($"Batch interval {batchDuration.TotalMilliseconds} ms found, a whole number of milliseconds, 1 or more, expected.");
        _runner = runner;
        BatchDuration = batchDuration;
        _options = (options ?? new()) with { EpochInterval = batchDuration, EmptyEpochs = EmptyEpochs.Show };
    }

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

    /// <summary>A function of the batches of several streams of the same slide; see <see cref="DStream{T}.Transform{TOut}(Func{Rdd{T},Time,Rdd{TOut}})"/>.</summary>
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

    /// <summary>The plan as text.</summary>
    public string Explain() => Plan().Explain();

    /// <summary>Starts the batches. Throws <see cref="GraphException"/> when there is no output operation, or the context was started before.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_state != StreamingContextState.Initialized)
                throw new GraphException($"The context is {_state.ToString().ToLowerInvariant()} already, an initialized one expected; make a new StreamingContext to run again.");
            if (!_driver.HasOutputs)
                throw new GraphException("No output operation found, at least one expected (Print, ForeachRDD), so there is nothing to run.");
            _state = StreamingContextState.Active;
        }

        try
        {
            _driver.Start();
            var job = await _runner.StartAsync(_graph, _options, cancellationToken).ConfigureAwait(false);
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
            _driver.Stop();
            lock (_lock)
                _state = StreamingContextState.Stopped;
            throw;
        }
    }

    /// <summary>Waits until the context has ended; throws <see cref="JobFailedException"/> when it failed.</summary>
    public Task AwaitTerminationAsync(CancellationToken cancellationToken = default) => Running().Completion.WaitAsync(cancellationToken);

    /// <summary>Waits at most <paramref name="timeout"/>; true when the context has ended.</summary>
    public async Task<bool> AwaitTerminationOrTimeoutAsync(TimeSpan timeout)
    {
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

    /// <summary>Ends the context. Gracefully: what was received is worked off first. Stopping twice does nothing.</summary>
    public async Task StopAsync(bool graceful = false)
    {
        IJob? job;
        lock (_lock)
        {
            job = _job;
            _state = StreamingContextState.Stopped;
        }

        if (job is not null)
            await job.StopAsync(graceful).ConfigureAwait(false);
        _driver.Stop();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    internal JobGraph Plan() => _runner.Plan(_graph, _options);

    /// <summary>Has <paramref name="done"/> called, with its epoch, when all output operations of a batch have run. Before the start.</summary>
    internal void OnBatchDone(Action<long> done) => _driver.BatchDone = done;

    /// <summary>The graph, for adding to it; throws once the context has started.</summary>
    internal StreamGraph Building() => State switch
    {
        StreamingContextState.Initialized => _graph,
        StreamingContextState.Active => throw new GraphException("An operation was added after the start; add streams and outputs before StartAsync."),
        _ => throw new GraphException("An operation was added after the stop; make a new StreamingContext."),
    };

    internal void AddOutput<T>(OutputPort<T> port, Action<Rdd<T>, Time> body, int slideBatches) =>
        Building().AddSink("foreachRDD", port, new ForeachRddSink<T>(_driver.Add(body, slideBatches)));

    private static void CheckTogether<T>(IReadOnlyList<DStream<T>> streams, string operation)
    {
        if (streams.Count == 0)
            throw new GraphException($"{operation}: no stream found, one or more expected.");
        foreach (var stream in streams)
            streams[0].CheckTogether(stream, operation);
    }

    private IJob Running() =>
        _job ?? throw new GraphException("The context is not started; call StartAsync before waiting for its end.");
}
