using Microsoft.Extensions.Logging;
using Millrace.Client;
using Millrace.Data;
using Millrace.Operators;
using Millrace.Planning;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Executors;
using Millrace.Runtime.Observability;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.State;
using Millrace.Runtime.Tasks;
using Millrace.Runtime.Wire;
using Millrace.Serialization;

namespace Millrace.Runtime.Jobs;

/// <summary>A job as its user sees it. Fed by the job's actors; thread-safe.</summary>
internal sealed class JobHandle : IJob
{
    // An immediate stop waits for no user code: only a machine that is very busy takes so long.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromMilliseconds(500);

    // Within it a cluster has found out that nobody runs a job.
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);

    /// <summary>Where dead letters are when the job does not run.</summary>
    public const string DeadLettersStand = "its dead letters stand in its checkpoint; start it again to reach them";
    private const string StateStands = "its state stands in its checkpoint, if it keeps any; start it again to read it";

    private readonly Lock _lock = new();
    private readonly Lock _events = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<long, long> _plannedAtMs = [];
    private readonly ChannelMeter _meter;
    private readonly RecordCounts _counts;
    private readonly JobMetrics _metrics;
    private readonly ILogger _logger;
    private JobGraph _graph;
    private readonly IJobObserver? _observer;
    private readonly ExecutorPool _executors;
    private readonly bool _isDurable;
    private readonly bool _isShared;
    private readonly TimeSpan _gracefulTimeout;
    private readonly CancellationTokenSource _stopsSoon;
    private readonly CodecCatalog _codecs;
    private readonly StateTables _tables;
    private Action<bool>? _stop;
    private Action<object>? _tell;
    private Func<RequestUid, JobRequest, Task<JobAnswer>>? _askAll;
    private volatile bool _isTrusted;
    private bool? _stopAsked;
    private (TimeSpan Limit, string Key)? _lateAfter;
    private string? _late;
    private JobState _state = JobState.Starting;
    private long _planned;
    private long _told;
    private bool _isObserving = true;
    private ProcessUid _process;
    private int? _observed;
    private long _committed;
    private int _attempt;
    private long _attempts;
    private long _attemptedAtMs;
    private bool _isPlaced;
    private bool _isEnding;
    private volatile bool _isOpened;
    private volatile bool _isOver;

    /// <param name="id">Its name.</param>
    /// <param name="graph">The plan.</param>
    /// <param name="observer">Hears of epochs.</param>
    /// <param name="executors">Compute its datasets; closed with the job.</param>
    /// <param name="meter">Counts batches between tasks.</param>
    /// <param name="counts">Counts records.</param>
    /// <param name="metrics">Of all jobs.</param>
    /// <param name="logger">Hears of its life.</param>
    /// <param name="gracefulTimeout">How long a graceful stop that the program asks for may go on without a commit.</param>
    /// <param name="stopsSoon">Cancelled when a graceful stop has used half of its time: sources are waited for no longer.</param>
    /// <param name="isDurable">Whether it keeps checkpoints.</param>
    /// <param name="isShared">Whether it runs in several processes.</param>
    /// <param name="codecs">How state becomes bytes.</param>
    public JobHandle(
        JobId id, JobGraph graph, IJobObserver? observer, ExecutorPool executors, ChannelMeter meter, RecordCounts counts, JobMetrics metrics, ILogger logger,
        TimeSpan gracefulTimeout, CancellationTokenSource stopsSoon, bool isDurable, bool isShared, CodecCatalog codecs)
    {
        (_gracefulTimeout, _stopsSoon, _isDurable, _isShared, _codecs) = (gracefulTimeout, stopsSoon, isDurable, isShared, codecs);
        Id = id;
        _graph = graph;
        _observer = observer;
        _executors = executors;
        _meter = meter;
        _counts = counts;
        DeadLetters = isShared
            ? new SharedDeadLetters((uid, _, request, cancellation) => AskSharedAsync(uid, request, DeadLettersStand, cancellation), id.Name)
            : new JobDeadLetters(this);
        _tables = new StateTables(ReadStateAsync);
        _metrics = metrics;
        _logger = logger;
    }

    /// <inheritdoc/>
    public JobId Id { get; }

    /// <inheritdoc/>
    public JobState State
    {
        get
        {
            lock (_lock)
                return _state;
        }
    }

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <summary>Where it is told of what becomes of it.</summary>
    public ILogger Logger => _logger;

    /// <summary>Counts the batches between the tasks.</summary>
    public ChannelMeter Meter => _meter;

    /// <summary>Ends when the tasks are up.</summary>
    public Task Started => _started.Task;

    /// <summary>Whether the journal holds the job's beginning.</summary>
    public bool IsOpened => _isOpened;

    /// <summary>Whether the job has ended as a whole, and not only this process's part in it.</summary>
    public bool IsOver => _isOver;

    /// <inheritdoc/>
    public Epoch Committed => new(Interlocked.Read(ref _committed));

    /// <inheritdoc/>
    public JobCounters Counters => new(Interlocked.Read(ref _attempts), _counts.Skipped, _counts.DeadLettered, _counts.Dropped, _counts.Lost, _meter.InFlightMax, _meter.Credits);

    /// <inheritdoc/>
    public IDeadLetters DeadLetters { get; }

    /// <summary>Says how the job is told to stop.</summary>
    public void OnStop(Action<bool> stop)
    {
        bool? asked;
        lock (_lock)
        {
            _stop = stop;
            asked = _stopAsked;
        }

        if (asked is { } graceful)
            stop(graceful);
    }

    /// <summary>Says how the job is told what its user asks.</summary>
    public void OnAsk(Action<object> tell) => Volatile.Write(ref _tell, tell);

    /// <summary>Says how whoever coordinates it, in this process or another, is asked.</summary>
    /// <param name="ask">How.</param>
    /// <param name="isTrusted">Whether what Hyperion wrote is taken from other processes.</param>
    public void OnAskAll(Func<RequestUid, JobRequest, Task<JobAnswer>> ask, bool isTrusted)
    {
        _isTrusted = isTrusted;
        Volatile.Write(ref _askAll, ask);
    }

    /// <summary>Tells the part of this process something and waits for the answer.</summary>
    /// <returns>Whether it came before the job ended.</returns>
    public async Task<bool> AskAsync(object message, Task answer, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _tell) is not { } tell || Completion.IsCompleted)
            return false;
        tell(message);
        await Task.WhenAny(answer, Completion).WaitAsync(cancellationToken).ConfigureAwait(false);
        return answer.IsCompleted;
    }

    /// <summary>Asks whoever coordinates the job.</summary>
    /// <param name="id">By which what is asked again is known.</param>
    /// <param name="request">What.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer; null where the job ended before.</returns>
    public async Task<JobAnswer?> AskAsync(RequestUid id, JobRequest request, CancellationToken cancellationToken)
    {
        if (!_isShared)
        {
            var answered = new TaskCompletionSource<JobAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            return await AskAsync(new EpochCoordinator.Asked(id, request, answer => answered.TrySetResult(answer)), answered.Task, cancellationToken).ConfigureAwait(false)
                ? await answered.Task.ConfigureAwait(false)
                : null;
        }

        if (Volatile.Read(ref _askAll) is not { } ask || Completion.IsCompleted)
            return null;
        var answer = ask(id, request);
        await Task.WhenAny(answer, Completion).WaitAsync(cancellationToken).ConfigureAwait(false);

        // What ends the job may be told before the answer is.
        await Task.WhenAny(answer, Task.Delay(AnswerMax, cancellationToken)).ConfigureAwait(false);
        return answer.IsCompleted ? await answer.ConfigureAwait(false) : null;
    }

    private async Task<JobAnswer> AskSharedAsync(RequestUid id, JobRequest request, string stand, CancellationToken cancellationToken) =>
        await AskAsync(id, request, cancellationToken).ConfigureAwait(false) ?? throw HasEnded(stand);

    /// <summary>It was to run.</summary>
    /// <param name="stand">Where what was asked for is now, and what to do.</param>
    public InvalidOperationException HasEnded(string stand) => new($"Job {Id} expected to run, {State} found: {stand}.");

    /// <inheritdoc/>
    public Task<IReadOnlyList<StateTableInfo>> ListStateAsync(CancellationToken cancellationToken = default) => _tables.ListAsync("", "", cancellationToken);

    /// <inheritdoc/>
    public IStateTable<TKey, TValue> StateOf<TKey, TValue>(string @operator, string? table = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(@operator);
        return _isShared
            ? new StateTable<TKey, TValue>(
                _tables, @operator, table ?? "", StateForm.Of<TKey, TValue>(StateFormKind.Encoded),
                key => (ReadOnlyMemory<byte>)StateBytes.OfKey<TKey, TValue>(key, _codecs), rows => EntriesOf<TKey, TValue>(@operator, (StateRows.Encoded)rows))
            : new StateTable<TKey, TValue>(
                _tables, @operator, table ?? "", StateForm.Of<TKey, TValue>(StateFormKind.Objects), key => key, rows => ((TKey, TValue)[])((StateRows.Objects)rows).All);
    }

    private (TKey Key, TValue Value)[] EntriesOf<TKey, TValue>(string @operator, StateRows.Encoded rows)
    {
        if (!_isTrusted && HyperionCodecs.FindIn(_codecs.Of<TValue>().Schema) is { } opaque)
            throw new ConfigurationException($"Operator {@operator}: values of a type that Millrace or MemoryPack writes expected between machines, {opaque} found: Hyperion is for nodes that know each other; give the type members that can be written.");
        return StateBytes.ReadEntries<TKey, TValue>(rows.Bytes, _codecs);
    }

    private async Task<StateAnswer> ReadStateAsync(StateQuery query, CancellationToken cancellationToken)
    {
        // What the job says is committed is seen by who asks then.
        var since = Committed.Number;
        if (_isShared)
            return (await AskSharedAsync(RequestUid.New(), new JobRequest.ReadState(since, query), StateStands, cancellationToken).ConfigureAwait(false)).As<JobAnswer.State>().What;
        var answered = new TaskCompletionSource<StateAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var read = new WorkerActor.ReadState(since, query, held => answered.TrySetResult(held.Answer!));
        if (!await AskAsync(read, answered.Task, cancellationToken).ConfigureAwait(false))
            throw HasEnded(StateStands);
        var answer = await answered.Task.ConfigureAwait(false);
        return answer is StateAnswer.Refused refused ? throw new ConfigurationException(refused.Line) : answer;
    }

    /// <inheritdoc/>
    public Task<Epoch> TakeSavepointAsync(string path, CancellationToken cancellationToken = default) => SaveAsync(path, stops: false, cancellationToken);

    /// <inheritdoc/>
    public Task<Epoch> StopWithSavepointAsync(string path, CancellationToken cancellationToken = default) => SaveAsync(path, stops: true, cancellationToken);

    private async Task<Epoch> SaveAsync(string path, bool stops, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!_isDurable)
            throw new ConfigurationException($"Job {Id}: a checkpoint directory expected for a savepoint, none found; set JobOptions.CheckpointDirectory.");
        if (!_isShared)
            SavepointFile.Refuse(path);
        var asked = AskAsync(RequestUid.New(), new JobRequest.Save(_isShared ? Path.GetFullPath(path) : path, stops, Committed.Number, IsRepeated: false), cancellationToken);
        if (stops && !_isShared)
            await StopInTheEndAsync(graceful: true).WaitAsync(cancellationToken).ConfigureAwait(false);
        var saved = (await asked.ConfigureAwait(false)
            ?? throw new InvalidOperationException($"Job {Id} expected to run until its savepoint is written, {State} found; its checkpoint directory holds what it committed.")).As<JobAnswer.Done>();
        if (stops)
            await _completion.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return new Epoch(saved.Epoch);
    }

    /// <inheritdoc/>
    public Task<Epoch> RescaleAsync(int parallelism, CancellationToken cancellationToken = default) => RescaleAsync(new JobRequest.Rescale(null, parallelism), cancellationToken);

    /// <inheritdoc/>
    public Task<Epoch> RescaleAsync(string @operator, int parallelism, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(@operator);
        return RescaleAsync(new JobRequest.Rescale(@operator, parallelism), cancellationToken);
    }

    private async Task<Epoch> RescaleAsync(JobRequest.Rescale request, CancellationToken cancellationToken) => new(
        (await AskAsync(RequestUid.New(), request, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"Job {Id} expected to run until it is rescaled, {State} found.")).As<JobAnswer.Done>().Epoch);

    /// <inheritdoc/>
    public async Task StopAsync(bool graceful, CancellationToken cancellationToken = default)
    {
        if (!graceful || _isShared)
            await StopInTheEndAsync(graceful).WaitAsync(cancellationToken).ConfigureAwait(false);
        else if (await DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(false) is { } late)
            throw new StopTimeoutException(late) { Job = Id };
    }

    /// <summary>Stops gracefully, and at once when that has not ended in time.</summary>
    /// <param name="limit">What it takes at most.</param>
    /// <param name="onLate">Called before the job is ended late.</param>
    /// <returns>What was not written in time, in one line; null: all is written.</returns>
    public async Task<string?> DrainAsync(TimeSpan limit, Action? onLate = null)
    {
        if (!await EndsAsync(StopInOrderAsync(limit), limit).ConfigureAwait(false))
        {
            onLate?.Invoke();
            await EndLateAsync(limit, "millrace.stop.drain-timeout").ConfigureAwait(false);
        }

        lock (_lock)
            return _late;
    }

    /// <summary>The same, with as much time as it takes as long as epochs commit.</summary>
    private async Task<string?> DrainAsync()
    {
        var stopping = StopInOrderAsync(_gracefulTimeout);
        Epoch before;
        do
            before = Committed;
        while (!await EndsAsync(stopping, _gracefulTimeout).ConfigureAwait(false) && Committed != before);
        if (!stopping.IsCompleted)
            await EndLateAsync(_gracefulTimeout, "millrace.stop.graceful-timeout").ConfigureAwait(false);
        lock (_lock)
            return _late;
    }

    private Task StopInOrderAsync(TimeSpan limit)
    {
        // Why half: what the sources have taken in by then still has to run.
        _stopsSoon.CancelAfter(limit / 2);
        return StopInTheEndAsync(graceful: true);
    }

    private async Task EndLateAsync(TimeSpan limit, string key)
    {
        lock (_lock)
            _lateAfter ??= (limit, key);

        // A job that does not even hear it is over all the same.
        if (!await EndsAsync(StopInTheEndAsync(graceful: false), EndTimeout).ConfigureAwait(false))
            End(JobState.Stopped);
    }

    private static async Task<bool> EndsAsync(Task ending, TimeSpan limit)
    {
        await ending.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ending.IsCompleted;
    }

    /// <summary>Tells the job to stop and waits until it has ended, as long as that takes.</summary>
    private async Task StopInTheEndAsync(bool graceful)
    {
        Action<bool>? stop;
        lock (_lock)
        {
            if (!_isEnding)
                _state = JobState.Stopping;
            _stopAsked = graceful && _stopAsked != false;

            // What has ended here may go on elsewhere.
            stop = _isEnding ? null : _stop;
        }

        // Without a supervisor yet, it hears of it when it starts.
        stop?.Invoke(graceful);

        // Why: whoever stops a job wants it ended; how it ended stands in Completion.
        await _completion.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>This process takes no further part in the job, which others go on with.</summary>
    /// <param name="limit">What that takes at most.</param>
    public async Task LeaveAsync(TimeSpan limit)
    {
        Volatile.Read(ref _tell)?.Invoke(new JobSupervisor.Leave());
        if (Volatile.Read(ref _tell) is null || !await EndsAsync(_completion.Task, limit).ConfigureAwait(false))
            End(JobState.Stopped);
    }

    /// <summary>This process takes part, as one that nobody has heard of before.</summary>
    public void OnJoined(ProcessUid process, JobShape shape)
    {
        _observer?.Starting(Id, _executors);
        lock (_events)
            (_process, _observed, _isObserving) = (process, shape.Together is [var first, ..] ? first : null, !_isShared || shape.Together.IsEmpty);
    }

    /// <summary>It goes on with other tasks; their first attempt is no failure.</summary>
    public void OnRescaled(JobGraph graph, long nowMs)
    {
        lock (_events)
            (_graph, _isPlaced, _attemptedAtMs) = (graph, false, nowMs);
        Enter(JobState.Recovering, from: JobState.Running);
        JobLog.Rescaled(_logger, Id.Name, _committed, string.Join(", ", graph.Stages.Select(stage => $"{graph.IdOf(stage.Head)} × {stage.Parallelism}")));
    }

    /// <summary>It is told to stop, here or elsewhere.</summary>
    public void OnStopping()
    {
        lock (_lock)
        {
            if (!_isEnding)
                _state = JobState.Stopping;
        }
    }

    /// <summary>Whoever coordinates it says that it has ended, as a whole.</summary>
    public void OnOver() => _isOver = true;

    /// <summary>Every task is open.</summary>
    public void OnUp()
    {
        Enter(JobState.Running, from: JobState.Starting);
        _started.TrySetResult();
    }

    /// <summary>The job goes on behind this epoch; 0 for one that begins.</summary>
    public void OnOpened(long committed)
    {
        lock (_events)
        {
            Interlocked.Exchange(ref _committed, Math.Max(committed, _committed));
            _isOpened = true;
        }
    }

    /// <summary>What this process's worker hears of a coordinator, in this process or another. Of what both tell, the first counts.</summary>
    public void OnHeard(ControlMessages.ToProcess message, long nowMs)
    {
        switch (message)
        {
            case ControlMessages.Attempt attempt:
                OnOpened(attempt.Plan.Base);
                OnAttempt(attempt.Plan, "as its coordinator, in another process, says", nowMs);
                break;
            case ControlMessages.Run run:
                OnPlanned(run.Plan, nowMs);
                break;
            case ControlMessages.Commit commit:
                OnCommitted(commit.Epoch.Epoch, nowMs);
                break;
        }
    }

    public void OnPlanned(EpochPlan plan, long nowMs)
    {
        lock (_events)
        {
            if (plan.Epoch > _planned)
            {
                _planned = plan.Epoch;
                _plannedAtMs[plan.Epoch] = nowMs;
            }

            if (!_isObserving || plan.Epoch <= _told)
                return;
            _told = plan.Epoch;
            var inputs = InputsOf(plan);
            _metrics.Planned(Id, inputs);
            _observer?.EpochPlanned(new EpochInfo(new Epoch(plan.Epoch), plan.NowMs, unchecked((long)plan.Seed)), nowMs, inputs);
        }
    }

    // Whoever takes over hears of what runs again.
    private void Observe(bool isHere, long @base)
    {
        if (isHere && !_isObserving)
            _told = @base;
        _isObserving = isHere;
    }

    public void OnCommitted(long epoch, long nowMs)
    {
        lock (_events)
        {
            if (epoch <= _committed)
                return;
            Interlocked.Exchange(ref _committed, epoch);
            if (_plannedAtMs.Remove(epoch, out var plannedAtMs))
                _metrics.EpochCommitted(Id, nowMs - plannedAtMs);
            if (Enter(JobState.Running, from: JobState.Recovering))
                JobLog.Recovered(_logger, Id.Name, epoch, nowMs - _attemptedAtMs);
        }
    }

    public void OnAttempt(AttemptPlan plan, string reason, long nowMs)
    {
        lock (_events)
        {
            if (plan.Number <= _attempt)
                return;
            (_attempt, _attemptedAtMs) = (plan.Number, nowMs);
            if (_isShared && _observed is { } task)
                Observe(plan.Owner[task] == _process, plan.Base);
        }

        // Tasks find their place with the first attempt of a process, also where it goes on from a checkpoint.
        if (!_isPlaced)
        {
            _isPlaced = true;
            return;
        }

        Interlocked.Increment(ref _attempts);
        _metrics.Recovered(Id);
        Enter(JobState.Recovering, from: JobState.Running);
        JobLog.Recovering(_logger, Id.Name, plan.Number, plan.Base, reason);
    }

    /// <summary>The job has ended, once.</summary>
    /// <param name="state">How.</param>
    /// <param name="reason">Of a failure: why. Of a stop: what it has left undone.</param>
    /// <param name="cause">Of an error of ours: what was thrown, for whoever mends it.</param>
    public void End(JobState state, string? reason = null, Exception? cause = null)
    {
        lock (_lock)
        {
            if (_completion.Task.IsCompleted || _isEnding)
                return;
            _isEnding = true;
            _state = state;
            if (state == JobState.Stopped && _lateAfter is var (limit, key))
                _late = LateText(limit, key, reason);
        }

        // Why before all else: a task of the stream that waits for them would not end, and its parent neither.
        _executors.Close();
        if (state == JobState.Failed)
        {
            var failure = new JobFailedException($"Job {Id} failed: {reason}", cause) { Job = Id };
            JobLog.Failed(_logger, Id.Name, reason ?? "");
            _started.TrySetException(failure);
            _completion.TrySetException(failure);
            // Why: nobody need await a started job's start once it has failed.
            _ = _started.Task.Exception;
            _ = _completion.Task.Exception;
        }
        else
        {
            if (_late is not null)
                JobLog.DrainTimedOut(_logger, _late);
            JobLog.Ended(_logger, Id.Name, state);
            _started.TrySetResult();
            _completion.TrySetResult();
        }
    }

    private string LateText(TimeSpan limit, string key, string? left) =>
        $"Job {Id}: everything planned written by its graceful stop within {limit.TotalSeconds:0.###} s expected ({key}), {left ?? $"epoch {_committed} the last committed one"} found; "
        + (_isDurable ? "the job was ended, and goes on with the rest when it is started again." : "the job was ended, and the rest is lost, since it keeps no checkpoints.");

    private List<SourceInput> InputsOf(EpochPlan plan)
    {
        var inputs = new List<SourceInput>();
        var task = 0;
        foreach (var stage in _graph.Stages)
        {
            var records = 0L;
            for (var partition = 0; partition < stage.Parallelism; partition++, task++)
                records += plan.Ranges[task].End - plan.Ranges[task].Start;
            if (stage.Inputs.IsEmpty)
                inputs.Add(new(_graph.IdOf(stage.Head), records));
        }

        return inputs;
    }

    private bool Enter(JobState state, JobState from)
    {
        lock (_lock)
        {
            if (_state != from)
                return false;
            _state = state;
            return true;
        }
    }
}
