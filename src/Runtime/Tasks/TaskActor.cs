using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Protocol;
using Millrace.Serialization;
using Millrace.Time;

namespace Millrace.Runtime.Tasks;

/// <summary>One chain on one partition. Child of <see cref="WorkerActor"/>; runs on the job's own dispatcher.</summary>
/// <remarks>
/// <para>Unconnected → (StartTask) Running ⇄ Failed (takes nothing until it adopts a newer generation), and back when
/// another process takes the task over. What each message does to epochs and
/// generations is in <see cref="TaskProtocol"/>; this shell holds what can't be taken yet, moves batches through the chain while no output
/// channel waits for credit, and goes on by a message to itself so that barriers and commands are never far behind.</para>
/// <para>An error of a user function crashes the actor with a <see cref="TaskFailure"/>; the supervisor resumes it and an attempt takes its
/// epochs back. Those epochs then run record by record (<see cref="RowRunner"/>).</para>
/// </remarks>
internal sealed partial class TaskActor : UntypedActor
{
    private const int ItemsPerTurn = 16;
    private const long TurnMsMax = 10;

    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(10);

    private readonly int _task;
    private readonly TaskSettings _settings;
    private readonly TaskActivity _activity;
    private readonly IActorRef _worker;
    private readonly (int Task, int Output)[] _senders;
    private readonly Queue<ChannelItem>[] _held;
    private readonly int[] _creditsDue;
    private readonly SortedDictionary<long, EpochRun> _runs = [];

    private readonly SliceSize _slices;
    private readonly WatermarkMerger _merger;
    private readonly SortedDictionary<long, WatermarkMerger> _watermarks = [];

    private IReadOnlyList<TaskPlace> _places = [];
    private TaskChain? _chain;
    private TaskProtocol? _protocol;
    private RowRunner? _rows;
    private SinkProtocol? _sink;
    private TaskDeltaCodec? _deltas;
    private IReadOnlyList<RestoredEpoch> _restored = [];
    private long _position;
    private long _plannedEnd;
    private long _rowByRowThrough;
    private long _flushedAt;
    private long _lookedAt;
    private long _workedFor;
    private long _rowsTaken;
    private long _turnBeganAtMs;
    private Rest? _rest;
    private Task? _drain;
    private WorkerMessages.PollOffsets? _lastPoll;
    private bool _continues;
    private bool _flushes;
    private bool _isRestored;

    private sealed record EpochRun(EpochInfo Info, OffsetRange Range, ImmutableArray<string> Orders, bool TakesSnapshot)
    {
        public long Skipped { get; set; }

        public long DeadLettered { get; set; }
    }

    /// <summary>A batch of which the chain has had the rows before <see cref="First"/>.</summary>
    /// <param name="Input">Where it enters.</param>
    /// <param name="Batch">All of it.</param>
    /// <param name="Channel">The channel it came on; null for the source's.</param>
    private sealed record Rest(ChainInput Input, Batch Batch, int? Channel)
    {
        public int First { get; set; }
    }

    public TaskActor(int task, TaskSettings settings, TaskActivity activity, IActorRef worker)
    {
        _task = task;
        _settings = settings;
        _activity = activity;
        _worker = worker;
        _senders = [.. settings.Topology.Senders(task)];
        _held = [.. _senders.Select(_ => new Queue<ChannelItem>())];
        _creditsDue = new int[_senders.Length];
        _slices = new SliceSize(settings.BatchDelayMax);
        _merger = new WatermarkMerger(Math.Max(1, _senders.Length));
    }

    public static Props Props(int task, TaskSettings settings, TaskActivity activity, IActorRef worker) =>
        Akka.Actor.Props.Create(() => new TaskActor(task, settings, activity, worker));

    protected override void OnReceive(object message)
    {
        _activity.Begin();
        try
        {
            Handle(message);
        }
        catch (Exception cause) when (cause is not TaskFailure)
        {
            throw Failed(cause);
        }
        finally
        {
            _activity.End();
        }
    }

    protected override void PostStop()
    {
        _sinkTimer?.Cancel();
        _chain?.Dispose();
        base.PostStop();
    }

    private void Handle(object message)
    {
        switch (message)
        {
            case ChannelItem item:
                OnItem(item);
                break;
            case Credit credit:
                _chain?.Channels[credit.Output].Grant(credit.Generation, credit.Batches);
                Work();
                break;
            case TaskMessages.Continue:
                _continues = false;
                Work();
                break;
            case TaskMessages.FlushIdle:
                OnFlushIdle();
                break;
            case WorkerMessages.RunEpoch run:
                OnRunEpoch(run);
                break;
            case WorkerMessages.PollOffsets poll:
                OnPollOffsets(poll);
                break;
            case TaskMessages.Drained drained:
                OnDrained(drained.Source);
                break;
            case WorkerMessages.CommitEpoch commit:
                Commit(commit.Epoch, commit.Previous);
                break;
            case TaskMessages.SinkAnswered answered:
                OnSinkAnswered(answered);
                break;
            case TaskMessages.SinkWarned warned:
                OnSinkWarned(warned);
                break;
            case TaskMessages.SinkTick:
                StepSink(SinkMessages.Tick.Instance);
                break;
            case TaskMessages.ReadLetters read:
                read.Reading.Add(_isRestored ? _chain!.InputsWithLetters.SelectMany(input => input.Letters!.Read(_protocol!.Committed)).ToArray() : []);
                break;
            case TaskMessages.ReadState read:
                read.Reading.Add(_isRestored
                    ? _settings.Tables.Answer(_chain!.State, _settings.Topology.PartitionOf(_task), _settings.Topology.StageOf(_task).Parallelism, _protocol!.Committed, read.Query)
                    : null);
                break;
            case TaskMessages.SinkFailed failed:
                throw SinkCantGoOn(failed.Cause);
            case WorkerMessages.AdoptTask adopt:
                OnAdopt(adopt);
                break;
            case TaskRestore restore:
                OnStart(restore);
                break;
            case TaskMessages.Drop:
                Drop();
                break;
            case TaskMessages.Connect connect:
                _places = connect.Places;
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnAdopt(WorkerMessages.AdoptTask adopt)
    {
        // A copy that could not be restored has nothing to go back to: it is started again.
        if (!_isRestored)
            return;
        var (chain, protocol) = (_chain!, _protocol!);
        var committed = protocol.Committed;
        var adoption = protocol.Adopt(adopt.Generation, adopt.Base, adopt.ConsumerGenerations.AsSpan());
        for (var epoch = committed + 1; epoch <= adoption.CommitThrough; epoch++)
            Apply(epoch, epoch - 1);
        if (adoption.RollsBack)
        {
            if (_watermarks.TryGetValue(adoption.CommitThrough + 1, out var before))
                _merger.Restore(before);
            ForgetWatermarks(epoch => epoch > adoption.CommitThrough);
            chain.RollBack(new Epoch(adoption.CommitThrough), _merger.Current);
            _rows!.TakeSkipped();
            TakeLettersAdded();
            _deltas?.RollBack();
            foreach (var behind in _runs.Keys.Where(epoch => epoch > adoption.CommitThrough).ToArray())
                _runs.Remove(behind);
            DropOlderThan(protocol.Generation);
            DropRest();
            Array.Clear(_creditsDue);
            _position = 0;
        }

        for (var output = 0; output < chain.Channels.Length; output++)
            chain.Channels[output].Adopt(adopt.ConsumerGenerations[output]);
        _worker.Tell(new WorkerMessages.TaskReady(_task, protocol.Generation));
        Work();
    }

    private void OnRunEpoch(WorkerMessages.RunEpoch run)
    {
        _protocol!.OnPlan(run.Epoch);
        _plannedEnd = Math.Max(_plannedEnd, run.Range.End);
        _runs.TryAdd(run.Epoch, new(new EpochInfo(new Epoch(run.Epoch), run.NowMs, unchecked((long)run.Seed)), run.Range, run.Orders, run.TakesSnapshot));
        Work();
    }

    private void OnPollOffsets(WorkerMessages.PollOffsets poll)
    {
        if (poll.IsDraining && !IsDrained(poll))
            return;
        var end = _chain!.Source!.Poll(new Epoch(poll.Epoch), poll.NowMs);
        var isDrained = poll.IsDraining || (_drain is { IsCompleted: true } && _settings.Topology.Shape.Tasks[_task].TakesIn);
        _worker.Tell(new WorkerMessages.OffsetsPolled(
            _task, _protocol!.Generation, poll.Epoch, end, _chain.Source.IsFinished, Detail: _chain.Source.Describe(_plannedEnd, end), IsDrained: isDrained, Failure: _chain.Source.Failure));
    }

    /// <summary>Whether the source takes nothing more in; else it is told to, and the poll is answered when that is so.</summary>
    private bool IsDrained(WorkerMessages.PollOffsets poll)
    {
        var source = _chain!.Source!;
        if (_drain is null)
        {
            _drain = DrainAsync(source);
            var self = Self;
            _ = _drain.ContinueWith(_ => self.Tell(new TaskMessages.Drained(source), ActorRefs.NoSender), TaskScheduler.Default);
        }

        _lastPoll = _drain.IsCompleted ? null : poll;
        return _drain.IsCompleted;
    }

    private async Task DrainAsync(SourceDriver source)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_settings.StopsSoon);
        patience.CancelAfter(DrainMax);
        await source.DrainAsync(patience.Token).ConfigureAwait(false);
        if (patience.IsCancellationRequested)
            TaskLog.SourceCutOff(_settings.Logger, _settings.Job.Name, source.Description);
    }

    private void OnDrained(SourceDriver source)
    {
        if (_chain?.Source == source && _lastPoll is { } poll)
            OnPollOffsets(poll);
    }

    private void Commit(long epoch, long previous)
    {
        if (_protocol!.Commit(epoch, previous))
            Apply(epoch, previous);
    }

    /// <summary>The epoch is history: frees its undo lists, releases its offsets, writes its sink rows.</summary>
    private void Apply(long epoch, long previous)
    {
        _chain!.State.Commit(new Epoch(epoch));
        ForgetWatermarks(behind => behind <= epoch);
        if (!_runs.Remove(epoch, out var run))
            return;
        if (_chain.Source is { } source)
        {
            source.Release(run.Range.End);
            _settings.Counts.AddLost(source.LostIn(run.Range));
        }

        _settings.Counts.AddSkipped(run.Skipped);
        _settings.Counts.AddDeadLettered(run.DeadLettered);
        if (run.DeadLettered > 0)
            TaskLog.DeadLetters(_settings.Logger, _settings.Job.Name, run.DeadLettered, _settings.Topology.IdOf(_task).ToString(), epoch);
        if (_sink is not null)
            StepSink(new SinkMessages.Enqueue(epoch, previous, run.Info));
    }

    private void OnFlushIdle()
    {
        _flushes = false;
        if (_chain is not null && _protocol!.MayRun)
            FlushGates(Stopwatch.GetTimestamp());
    }

    private void FlushGates(long now)
    {
        _chain!.FlushGates();
        _flushedAt = now;
    }

    private TaskFailure Failed(Exception cause)
    {
        _protocol?.Fail();
        DropRest();
        var kind = KindOf(cause);
        if (kind == FailureKind.Record)
            _rowByRowThrough = Math.Max(_rowByRowThrough, _runs.Keys.Last());
        var reason = cause is MillraceException ? cause.Message : $"Task {_settings.Topology.IdOf(_task)}: {UserText.Of(cause)}";
        return new TaskFailure(_task, _protocol?.Generation ?? 0, reason, kind, cause);
    }

    private FailureKind KindOf(Exception cause)
    {
        // Why without a chain: it could not be built, and only a built one can adopt an attempt.
        if (_chain is null || cause is JobEndingException or JobFailedException or GraphException or SourceFailedException or SchemaException or CorruptPayloadException or InvalidOperationException)
            return FailureKind.Fatal;
        return cause is UserFunctionException && _protocol!.CurrentEpoch > _rowByRowThrough && _runs.ContainsKey(_protocol.CurrentEpoch)
            ? FailureKind.Record
            : FailureKind.Task;
    }

    // Over all stages: what an exchange calls here counts as the operator behind it.
    private ErrorPolicy PolicyOf(OperatorId id)
    {
        var graph = _settings.Topology.Graph;
        var failed = graph.Stages.SelectMany(stage => stage.Nodes).FirstOrDefault(node => graph.IdOf(node) == id);
        return failed is null ? _settings.OnError : _settings.PolicyOf(failed);
    }
}
