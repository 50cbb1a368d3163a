using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Microsoft.Extensions.Logging;
using Millrace.Client;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Planning;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Cluster;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Executors;
using Millrace.Runtime.Hosting;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Observability;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.State;
using Millrace.Runtime.Tasks;
using Millrace.Runtime.Wire;
using Millrace.Serialization;

namespace Millrace;

/// <summary>The runtime inside this process. Starts jobs for the front ends; thread-safe.</summary>
/// <remarks>Disposing it stops its jobs gracefully, for at most <c>millrace.stop.drain-timeout</c>.</remarks>
public sealed class MillraceHost : IJobRunner, IAsyncDisposable
{
    private const string SystemConfig = """
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = ["Millrace.Runtime.Observability.AkkaLog, Millrace.Runtime"]
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            run-by-actor-system-terminate = off
            exit-clr = off
            # In a service: what has not ended by then hangs in user code.
            phases.actor-system-terminate.timeout = 300 ms
          }
        }
        """;

    private const int SnapshotEveryEpochsMax = 1000;

    // Why so short: what has not ended by then hangs in user code, and nobody should wait for it.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromMilliseconds(100);

    private readonly ActorSystem _system;
    private readonly bool _ownsSystem;
    private readonly MillraceHostOptions _options;
    private readonly IActorRef _jobManager;
    private readonly TaskDispatchers _dispatchers;
    private readonly TaskDispatchers _executorDispatchers;
    private readonly JobMetrics _metrics = new();
    private readonly CodecCatalog _codecs;
    private readonly JobJournals _journals;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<JobId, JobHandle> _jobs = [];
    private readonly StopSignals? _signals;
    private readonly ClusterNode? _node;
    private SqlJournal? _book;
    private IActorRef _launcher = ActorRefs.Nobody;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _jobNumber;
    private long _stoppingSince;
    private int _stopping;

    private MillraceHost(ActorSystem system, bool ownsSystem, RuntimeOptions runtime, MillraceHostOptions options, ClusterNode? node = null)
    {
        _node = node;
        Cluster = node is null ? null : new ClusterClient(node);
        _system = system;
        _ownsSystem = ownsSystem;
        _options = options;
        Options = runtime;
        _logger = options.LoggerFactory.CreateLogger("Millrace");
        _dispatchers = new TaskDispatchers(system, "millrace-tasks", runtime.TaskThreads);
        _executorDispatchers = new TaskDispatchers(system, "millrace-executor", threads: 1);
        _codecs = new CodecCatalog(new MemoryPackCodecs(), new HyperionCodecs(options.SerializableTypes));
        _journals = new JobJournals(system, runtime.Journal, isShared: node is not null, options.Clock, _logger);
        _jobManager = system.ActorOf(JobManager.Props(), "millrace");
        if (options.StopsOnSignal)
            _signals = new StopSignals(() => _ = StopOnSignalAsync());
        else if (options.EndsOnSecondSignal)
            _signals = new StopSignals(stop: null);
    }

    /// <summary>The options in force.</summary>
    public RuntimeOptions Options { get; }

    /// <summary>Where other nodes join this one, as <c>host:port</c>; null of an embedded runtime.</summary>
    public string? NodeAddress => _node?.Address;

    /// <summary>All jobs of the cluster, from this node; null of an embedded runtime.</summary>
    public ClusterClient? Cluster { get; }

    /// <inheritdoc/>
    public bool IsSpread => _node is not null;

    /// <inheritdoc/>
    public TimeProvider Clock => _options.Clock;

    /// <inheritdoc/>
    public TimeSpan TaskTimeout => Options.TaskTimeout;

    /// <summary>Ends when the host has stopped its jobs: on Ctrl-C or SIGTERM, by <see cref="StopAsync"/>, or disposed of. For a node that has no job of its own to wait for.</summary>
    public Task Completion => _completion.Task;

    /// <summary>The jobs that have not ended.</summary>
    public IReadOnlyCollection<IJob> Jobs => [.. _jobs.Values.Where(job => !job.Completion.IsCompleted)];

    /// <summary>Starts the runtime in this process: no cluster, nothing to install, the journal in memory.</summary>
    /// <exception cref="Data.ConfigurationException">A key is unknown or a value is wrong.</exception>
    public static Task<MillraceHost> StartEmbeddedAsync(Action<MillraceHostOptions>? configure = null)
    {
        var options = new MillraceHostOptions();
        configure?.Invoke(options);
        var config = SystemConfiguration(options);
        var runtime = ConfigurationLoader.Read(config);
        if (runtime.Cluster.IsEnabled)
            throw new Data.ConfigurationException("millrace.cluster.enabled: off expected of an embedded runtime, on found; start it by MillraceHost.StartAsync, or leave the key out.");
        return Task.FromResult(StartAlone(config, runtime, options));
    }

    /// <summary>Starts the runtime as the configuration says: as a node of a cluster (<c>millrace.cluster.enabled = on</c>), or embedded.</summary>
    /// <remarks>
    /// A node has joined its cluster when this completes. Each node starts the same jobs, by name, or runs those that are submitted (<see cref="MillraceHostOptions.WithProgram"/>);
    /// their tasks are spread over the nodes.
    /// </remarks>
    /// <exception cref="Data.ConfigurationException">A key is unknown, a value is wrong, an address is taken, or no seed answers.</exception>
    public static async Task<MillraceHost> StartAsync(Action<MillraceHostOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new MillraceHostOptions();
        configure?.Invoke(options);
        var config = SystemConfiguration(options);
        var runtime = ConfigurationLoader.Read(config);
        if (!runtime.Cluster.IsEnabled)
            return StartAlone(config, runtime, options);
        var node = new ClusterNode(runtime.Cluster, options.Programs.Keys, options.LoggerFactory.CreateLogger("Millrace"));
        ActorSystem? system = null;
        try
        {
            system = node.CreateSystem(own => CreateSystem(runtime.Cluster.Name, own.WithFallback(config), options, node));
            await node.StartAsync(system, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            node.Dispose();
            if (system is not null)
                await system.Terminate().ConfigureAwait(false);
            throw;
        }

        var host = new MillraceHost(system, ownsSystem: true, runtime, options, node);
        try
        {
            await host.OpenBookAsync(node, cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs what was submitted, from now on.</summary>
    private async Task OpenBookAsync(ClusterNode node, CancellationToken cancellationToken)
    {
        if (_options.Programs.Count == 0)
        {
            node.OpenBook(null, [], null);
            return;
        }

        _book = await _journals.OpenBookAsync(Options.Cluster, cancellationToken).ConfigureAwait(false);
        if (_book is null)
            HostingLog.KeepsNothing(_logger);
        var rows = _book is null ? [] : await _book.ReadAsync(JournalStream.Jobs, 1, cancellationToken).ConfigureAwait(false);
        node.OpenBook(_book, rows, actor => _launcher = _system.ActorOf(JobLauncher.Props(_options.Programs, RunnerOf, actor, _logger), "millrace-launcher"));

        SubmittedRunner RunnerOf(string job, CancellationToken cancellation) => new(this, StartAsync, job, cancellation);
    }

    private static MillraceHost StartAlone(Config config, RuntimeOptions runtime, MillraceHostOptions options) =>
        new(CreateSystem("millrace", config, options), ownsSystem: true, runtime, options);

    private static ActorSystem CreateSystem(string name, Config config, MillraceHostOptions options, ClusterNode? node = null) => ActorSystem.Create(
        name,
        ActorSystemSetup.Create(
        [
            BootstrapSetup.Create().WithConfig(config),
            new AkkaLog.To(options.LoggerFactory.CreateLogger("Millrace.Akka"), node is null ? null : node.TakesError),
            .. node?.SystemSetups ?? [],
        ]));

    /// <inheritdoc/>
    public JobGraph Plan(StreamGraph graph, JobOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        return Plan(graph, options, JobScale.None);
    }

    private JobGraph Plan(StreamGraph graph, JobOptions options, JobScale scale) =>
        GraphPlanner.Plan(graph, new PlanOptions(options.Parallelism ?? Options.Parallelism, options.KeyGroups ?? Options.KeyGroups, options.Guarantee, IsSpread: IsSpread, scale));

    /// <inheritdoc/>
    public Task<IJob> StartAsync(StreamGraph graph, JobOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(graph, options, static _ => { }, cancellationToken);

    private async Task<IJob> StartAsync(StreamGraph graph, JobOptions options, Action<JobHandle> registered, CancellationToken cancellationToken)
    {
        var plan = Plan(graph, options);
        if (options.CheckpointDirectory is null || _node is not null)
            SourceStorage.Refuse(plan, _node is null);
        if (_node is not null && options is { CheckpointDirectory: null } or { Name: null })
            throw new GraphException("JobOptions: a name and a checkpoint directory expected of a job in a cluster, none found: by the name the nodes find each other's parts, and what is committed must outlive a node.");
        var id = new JobId(options.Name ?? string.Create(CultureInfo.InvariantCulture, $"job-{Interlocked.Increment(ref _jobNumber)}"));
        var (meter, counts) = (new ChannelMeter(), new RecordCounts(reason => _metrics.Dropped(id, reason), count => _metrics.DeadLettered(id, count)));
        var executors = new ExecutorPool(Options.TaskThreads, Options.MaxAttempts);
        var stopsSoon = new CancellationTokenSource();
        var handle = new JobHandle(id, plan, options.Observer, executors, meter, counts, _metrics, _logger, Options.GracefulTimeout, stopsSoon, options.CheckpointDirectory is not null, isShared: _node is not null, _codecs);
        Register(handle);
        registered(handle);

        // Why behind it: a stop that came before has not seen this job, one that comes now will.
        if (Volatile.Read(ref _stopping) != 0)
        {
            handle.End(JobState.Stopped);
            throw new GraphException($"Job '{id}' can't start: the host is stopping; start jobs before.");
        }

        var opened = await OpenJournalAsync(handle, options, cancellationToken).ConfigureAwait(false);
        var journal = opened.Journal;
        var clock = new JobClock(Clock);
        var settings = SettingsOf(id, plan, options, meter, counts, clock, journal.IsDurable) with { StopsSoon = stopsSoon.Token };
        var origin = await ImportAsync(handle, options, settings, opened, cancellationToken).ConfigureAwait(false);
        var own = PlanOf(JobScale.None, plan);
        var program = $"{own.Manifest}\n{EpochMs(options)} {options.EmptyEpochs} {options.OnError}";
        var network = await JoinAsync(handle, program, own, opened, cancellationToken).ConfigureAwait(false);
        if (journal.IsDurable && !plan.VolatileSources.IsEmpty)
            JobLog.VolatileSources(_logger, id.Name, string.Join(", ", plan.VolatileSources.Select(plan.IdOf)));
        if (plan.FoundByOrder.ToList() is [_, ..] unnamed && (journal.IsDurable || options.Savepoint is not null))
            JobLog.FoundByOrder(_logger, id.Name, string.Join(", ", unnamed));
        _jobManager.Tell(new JobManager.Start(new JobSpec
        {
            Plan = own,
            PlanAt = scale => PlanOf(scale, Plan(graph, options, scale)),
            Epochs = EpochOptions(options, clock.NowMs, own.Manifest?.ToString()) with { Origin = origin },
            Network = network,
            Rejoin = _node is null ? null : at => _node.Rejoin(handle, program, at),
            Journal = journal,
            Handle = handle,
            Clock = clock,
            Executors = executors,
            Dispatchers = _dispatchers,
            ExecutorDispatchers = _executorDispatchers,
            TaskTimeout = options.TaskTimeout ?? Options.TaskTimeout,
            Ended = () => _ = opened.DisposeAsync().AsTask(),
        }));
        try
        {
            await handle.Started.WaitAsync(cancellationToken).ConfigureAwait(false);

            // Why asked: a job that was stopped while it started is no evidence of any history.
            if (handle.IsOpened)
                opened.Opened?.Invoke();
        }
        catch (Exception cause) when (cause is OperationCanceledException or Data.ConfigurationException)
        {
            // In a cluster the others go on without this node.
            _ = _node is null ? handle.StopAsync(graceful: false, CancellationToken.None) : handle.LeaveAsync(Options.DrainTimeout);
            throw;
        }

        var weakest = string.Join(", ", GuaranteeRules.WeakestSinks(plan).Select(plan.IdOf));
        JobLog.Started(_logger, id.Name, plan.Stages.Length, plan.Stages.Sum(stage => stage.Parallelism), GuaranteeRules.Spell(plan.Guarantee), weakest.Length == 0 ? "" : $" ({weakest})");
        return handle;

        JobPlan PlanOf(JobScale scale, JobGraph planned) => new(
            scale,
            settings with { Topology = new TaskTopology(planned) },
            journal.IsDurable ? JobManifest.Of(id.Name, planned, CountedEpochMs(options), scale) : null);
    }

    /// <inheritdoc/>
    public SavepointReport CompareWithSavepoint(StreamGraph graph, JobOptions options)
    {
        var plan = Plan(graph, options);
        if (options.Savepoint is not { } path)
            throw new GraphException("JobOptions.Savepoint: a savepoint's file expected, none found; name the one to compare with.");
        var settings = SettingsOf(new JobId(options.Name ?? ""), plan, options, new ChannelMeter(), new RecordCounts(), new JobClock(Clock), isDurable: true);
        return new SavepointImport(path, SavepointFile.Read(path), settings, CountedEpochMs(options)).Report;
    }

    private TaskSettings SettingsOf(JobId id, JobGraph plan, JobOptions options, ChannelMeter meter, RecordCounts counts, JobClock clock, bool isDurable) => new()
    {
        Job = id,
        Topology = new TaskTopology(plan),
        CreditBatches = Options.CreditBatches,
        BatchDelayMax = Options.BatchDelayMax,
        OnError = options.OnError,
        ShowsEmptyEpochs = options.EmptyEpochs == EmptyEpochs.Show,
        DeadLettersMax = Options.DeadLettersMax,
        Meter = meter,
        Counts = counts,
        Logger = _logger,
        Clock = clock,
        IsDurable = isDurable,
        CheckpointDirectory = options.CheckpointDirectory,
        Codecs = _codecs,
        Tables = new TableReaders(_codecs),
        Faults = _options.Faults,
    };

    /// <summary>What the job begins from, fitted to it and written to its journal; null where that holds a checkpoint, or nothing is to be begun from.</summary>
    private async Task<HistoryImage?> ImportAsync(JobHandle handle, JobOptions options, TaskSettings settings, JobJournal opened, CancellationToken cancellationToken)
    {
        if (options.Savepoint is not { } path)
            return null;
        try
        {
            if (await new JournalAudit(opened.Journal, handle.Id.Name).HoldsJobAsync(cancellationToken).ConfigureAwait(false))
            {
                JobLog.SavepointPassedOver(_logger, handle.Id.Name, path, options.CheckpointDirectory!);
                return null;
            }

            var import = new SavepointImport(path, SavepointFile.Read(path), settings, CountedEpochMs(options));
            if (import.Report.Refused is [var refused, ..])
                throw new GraphException($"Savepoint {path} of job {import.Report.Job} can't be begun from: {refused}{(import.Report.Refused.Count > 1 ? $" (and {import.Report.Refused.Count - 1} more: CompareWithSavepoint lists them)" : "")}.");
            if (import.Report.Lost.Count > 0 && !options.AllowsLostState)
                throw new GraphException($"Savepoint {path} of job {import.Report.Job} holds what the program has no place for: {string.Join("; ", import.Report.Lost)}. Give it back its operators under their names, or accept the loss by JobOptions.AllowsLostState.");
            JobLog.BeginsFromSavepoint(_logger, handle.Id.Name, path, import.Report.Epoch.Number, string.Join("; ", import.Report.Lost.DefaultIfEmpty("nothing")));
            return await import.WriteAsync(opened.Journal, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            handle.End(JobState.Stopped);
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<JobNetwork?> JoinAsync(JobHandle handle, string program, JobPlan plan, JobJournal opened, CancellationToken cancellationToken)
    {
        if (_node is null)
            return null;
        try
        {
            return await _node.JoinAsync(handle, program, plan, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            handle.End(JobState.Stopped);
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<JobJournal> OpenJournalAsync(JobHandle handle, JobOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return _options.Journals is { } open && options.CheckpointDirectory is { } directory
                ? new(open(directory))
                : await _journals.OpenAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            handle.End(JobState.Stopped);
            throw;
        }
    }

    /// <summary>Stops every job gracefully and ends the tasks of those that are not done in time.</summary>
    public Task StopAsync(TimeSpan drainTimeout) => DrainAsync(drainTimeout);

    // Why set before the jobs are ended: a program that waits for one ends the process then.
    private Task StopOnSignalAsync() => DrainAsync(Options.DrainTimeout, () => Environment.ExitCode = StopSignals.ExitCode);

    private async Task DrainAsync(TimeSpan drainTimeout, Action? onLate = null)
    {
        Interlocked.CompareExchange(ref _stoppingSince, Stopwatch.GetTimestamp(), 0);
        Interlocked.Exchange(ref _stopping, 1);
        _launcher.Tell(new JobLauncher.Shut());

        // Of a node's end the others hear at once, and go on.
        await Task.WhenAll(_jobs.Values.Select(job => _node is null ? job.DrainAsync(drainTimeout, onLate) : job.LeaveAsync(drainTimeout))).ConfigureAwait(false);
        _completion.TrySetResult();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(Options.DrainTimeout).ConfigureAwait(false);
        _signals?.Dispose();
        if (_node is not null)
            await _node.LeaveAsync().ConfigureAwait(false);
        _node?.Dispose();
        if (!_ownsSystem)
            return;

        // Why what is left: the drain time bounds the whole stop, from its first call on.
        var left = Options.DrainTimeout - Stopwatch.GetElapsedTime(_stoppingSince);
        try
        {
            await _system.Terminate().WaitAsync(left > EndTimeout ? left : EndTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }

        if (_book is not null)
            await _book.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Whether every actor has ended.</summary>
    internal bool HasSystemEnded => _system.WhenTerminated.IsCompleted;

    /// <summary>Ends the process, since a task that hangs in a user's function would keep it for ever.</summary>
    internal void EndProcess()
    {
        JobLog.HangsAtEnd(_logger);
        Environment.Exit(StopSignals.ExitCode);
    }

    /// <summary>The whole configuration of an actor system for the runtime; throws where the user's part is wrong.</summary>
    internal static Config SystemConfiguration(MillraceHostOptions options) =>
        ConfigurationLoader.WithReference(options.Configuration).WithFallback(ConfigurationFactory.ParseString(SystemConfig));

    /// <summary>The runtime on an actor system that somebody else owns, made with <see cref="SystemConfiguration"/>.</summary>
    internal static MillraceHost On(ActorSystem system, MillraceHostOptions options) =>
        new(system, ownsSystem: false, ConfigurationLoader.Read(system.Settings.Config), options);

    private static void Check(JobOptions options)
    {
        if (options.EpochInterval is { } interval
            && (interval < TimeSpan.FromMilliseconds(1) || interval > TimeSpan.FromDays(1) || interval.Ticks % TimeSpan.TicksPerMillisecond != 0))
            throw new GraphException($"Epoch interval {interval.TotalMilliseconds} ms found, a whole number of milliseconds, 1 ms to 1 day, expected.");
        if (options.Parallelism < 1 || options.Parallelism > PlanLimits.ParallelismMax)
            throw new GraphException($"Parallelism {options.Parallelism} found, 1 to {PlanLimits.ParallelismMax} expected.");
        if (options.KeyGroups < 1 || options.KeyGroups > PlanLimits.KeyGroupsMax)
            throw new GraphException($"{options.KeyGroups} key groups found, 1 to {PlanLimits.KeyGroupsMax} expected.");
        if (options.MaxInflightEpochs is < 1 or > RuntimeOptions.MaxInflightEpochsMax)
            throw new GraphException($"{options.MaxInflightEpochs} epochs in flight found, 1 to {RuntimeOptions.MaxInflightEpochsMax} expected.");
        CheckDefined(nameof(options.OnError), options.OnError);
        CheckDefined(nameof(options.EmptyEpochs), options.EmptyEpochs);
        if (options.Guarantee is { } wanted)
            CheckDefined(nameof(options.Guarantee), wanted);
        if (options.OnError == Operators.ErrorPolicy.Park)
            throw new GraphException("JobOptions.OnError: Fail, Skip or DeadLetter expected, Park found; it is for single operators behind a hash of the key: give it to them (NodeOptions.OnError, DStream.OnError).");
        if (options is { Savepoint: not null, CheckpointDirectory: null })
            throw new GraphException("JobOptions.CheckpointDirectory: a directory expected for a job that begins from a savepoint, none found; give it one of its own.");
        if (options is { CheckpointDirectory: not null, Name: null })
            throw new GraphException("JobOptions.Name: a name expected for a job with a checkpoint directory, none found; sinks know the job by it when it starts again.");
        if (options.TaskTimeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > RuntimeOptions.TaskTimeoutMax))
            throw new GraphException($"Task time-out {timeout.TotalMilliseconds} ms found, more than 0 and at most 1 day expected.");
        if (options.SnapshotInterval <= TimeSpan.Zero)
            throw new GraphException($"Snapshot interval {options.SnapshotInterval.Value.TotalMilliseconds} ms found, more than 0 expected; leave it out for the default.");
        if (options.Name is { } name && string.IsNullOrWhiteSpace(name))
            throw new GraphException("JobOptions.Name: an empty name found, a name or null expected.");
    }

    private static void CheckDefined<T>(string option, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new GraphException($"JobOptions.{option}: {string.Join(", ", Enum.GetNames<T>())} expected, {value} found.");
    }

    // A name is free as soon as its job has ended, not only when the ended job has left the table.
    private void Register(JobHandle handle)
    {
        while (!_jobs.TryAdd(handle.Id, handle))
        {
            if (!_jobs.TryGetValue(handle.Id, out var other))
                continue;
            if (!other.Completion.IsCompleted)
                throw new GraphException($"Job name '{handle.Id}' is taken by a running job; stop that one or choose another name.");
            _jobs.TryRemove(KeyValuePair.Create(handle.Id, other));
        }

        _ = handle.Completion.ContinueWith(_ => _jobs.TryRemove(KeyValuePair.Create(handle.Id, handle)), TaskScheduler.Default);
    }

    private long? CountedEpochMs(JobOptions options) => options.StateCountsEpochs ? EpochMs(options) : null;

    private long EpochMs(JobOptions options) => (long)(options.EpochInterval ?? Options.EpochInterval).TotalMilliseconds;

    private CoordinatorOptions EpochOptions(JobOptions options, long nowMs, string? manifest)
    {
        var (interval, leaseMs) = (EpochMs(options), (long)Options.Cluster.Lease.TotalMilliseconds);
        var zero = options.ZeroTime?.ToUnixTimeMilliseconds() ?? (nowMs / interval * interval);
        return new CoordinatorOptions
        {
            EpochIntervalMs = interval,
            FirstTimeMs = zero + interval,
            MaxInflightEpochs = options.MaxInflightEpochs ?? Options.MaxInflightEpochs,
            EmptyEpochs = options.EmptyEpochs,
            MaxAttempts = Options.MaxAttempts,
            LeaseMs = _node is null ? 0 : leaseMs,
            BeatMs = Math.Min(100, leaseMs / 4),
            TakeoverAfterMs = _node is null ? 0 : leaseMs + Random.Shared.Next((int)leaseMs),
            PlacementGraceMs = _node is null ? 0 : (long)Options.Cluster.PlacementWait.TotalMilliseconds,
            ExpectedProcesses = _node is null ? 1 : Options.Cluster.Nodes,
            StragglerEpochs = Options.Cluster.StragglerEpochs,
            StragglerFactor = Options.Cluster.StragglerFactor,
            StragglerExcessMs = (long)Options.Cluster.StragglerExcess.TotalMilliseconds,
            StragglerRestMs = (long)Options.Cluster.StragglerRest.TotalMilliseconds,
            CommitsKept = manifest is null ? 1024 : int.MaxValue,
            SnapshotEveryEpochs = manifest is null ? 0 : SnapshotEvery(options.SnapshotInterval, interval),
            Manifest = manifest ?? "",
            RefusesManifest = JobManifest.Refusal,
            IsRescaled = JobManifest.IsOfOtherScale,
        };
    }

    // Never rarer than by default: it bounds what a restart reads.
    private static int SnapshotEvery(TimeSpan? most, long intervalMs) =>
        most is { } interval ? (int)Math.Clamp(interval.TotalMilliseconds / intervalMs, 1, SnapshotEveryEpochsMax) : SnapshotEveryEpochsMax;
}
