using Akka.Actor;
using Millrace.Connectors;
using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tasks;

/// <content>How committed epochs reach the task's sink.</content>
internal sealed partial class TaskActor
{
    private const int SinkReasonsMax = 16;

    private readonly HashSet<string> _sinkReasons = new(StringComparer.Ordinal);
    private ProtocolTimer? _sinkTimer;
    private long _sinkFailsSinceMs;

    private void OnSinkAnswered(TaskMessages.SinkAnswered answered) => StepSink(new SinkMessages.ApplyEnded(
        answered.Epoch,
        answered.Outcome switch
        {
            SinkOutcome.Applied => AppendOutcome.Ok,
            SinkOutcome.Conflict => AppendOutcome.Conflict,
            _ => AppendOutcome.Unknown,
        },
        answered.Watermark));

    private void OnSinkWarned(TaskMessages.SinkWarned warned)
    {
        if (_sink is not null && IsSinkNews(warned.Reason))
            TaskLog.SinkRefuses(_settings.Logger, _settings.Job.Name, SinkId.Name, warned.Epoch, warned.Reason);
    }

    // Each reason once: it is tried many times a minute, for as long as it takes.
    private bool IsSinkNews(string reason)
    {
        if (_sinkReasons.Count == 0)
            _sinkFailsSinceMs = _settings.Clock.NowMs;
        return _sinkReasons.Count < SinkReasonsMax && _sinkReasons.Add(reason);
    }

    private void StepSink(ISinkInput input)
    {
        // Why asked: an answer may come when another process holds the task.
        if (_sink is null)
            return;
        var effects = new List<ISinkEffect>();
        _sink.Step(input, _settings.Clock.NowMs, effects);
        foreach (var effect in effects)
            CarryOut(effect);
        _sinkTimer ??= new ProtocolTimer(Self, _settings.Clock, TaskMessages.SinkTick.Instance);
        _sinkTimer.WakeAt(_sink.NextWakeMs);
    }

    private void CarryOut(ISinkEffect effect)
    {
        switch (effect)
        {
            case SinkMessages.Apply apply:
                CommitSink((EpochInfo)apply.Rows!, new Epoch(apply.Previous));
                break;
            case SinkMessages.ReadWatermark:
                ReadSinkWatermark();
                break;
            case SinkMessages.Applied applied:
                if (_sinkReasons.Count > 0)
                    TaskLog.SinkTakesAgain(_settings.Logger, _settings.Job.Name, SinkId.Name, Math.Round((_settings.Clock.NowMs - _sinkFailsSinceMs) / 1000.0, 1), applied.Epoch);
                _sinkReasons.Clear();
                if (_restored.Count > 0 && applied.Epoch >= _restored[^1].Reference.Epoch)
                    _restored = [];
                _worker.Tell(new WorkerMessages.SinkApplied(_task, applied.Epoch));
                break;
            case SinkMessages.Contradiction contradiction:
                throw new TaskFailure(_task, _protocol!.Generation, $"Sink {SinkId}, {_chain!.Sink!.Description}: {contradiction.Reason}", FailureKind.Fatal, null);
            case SinkMessages.FetchRows fetch:
                FetchRows(fetch.Reference.Epoch);
                break;
        }
    }

    /// <summary>A sink that keeps no watermark, and has let its rows out as they came, has all of them.</summary>
    private void ReadSinkWatermark()
    {
        var sink = _chain!.Sink!;
        try
        {
            _chain.Progress.Enter(SinkId);
            var read = sink.ReadWatermark();
            _chain.Progress.Leave();
            StepSink(new SinkMessages.WatermarkRead(read ?? (sink.IsStaged ? null : _protocol!.Committed)));
        }
        catch (TransientFaultException cause)
        {
            if (IsSinkNews(cause.Message))
                TaskLog.SinkUnreachable(_settings.Logger, _settings.Job.Name, SinkId.Name, cause.Message);
            StepSink(new SinkMessages.WatermarkUnknown());
        }
        catch (Exception cause) when (cause is not TaskFailure)
        {
            throw SinkCantGoOn(cause);
        }
    }

    /// <summary>Takes the rows of an epoch that a process before this one committed and may not have applied.</summary>
    private void FetchRows(long epoch)
    {
        if (!_chain!.Sink!.IsStaged)
            throw SinkCantGoOn(new GraphException($"Sink {SinkId} lacks epoch {epoch}, which was committed before the restart, and its writer keeps no rows in the journal; derive the writer from StagedSinkWriter."));
        var delta = _restored.First(restored => restored.Reference.Epoch == epoch).Delta;
        StepSink(new SinkMessages.RowsFetched(epoch, _deltas!.RestoreRows(new Epoch(epoch), delta)));
    }

    private void CommitSink(EpochInfo epoch, Epoch previous)
    {
        var self = Self;
        var commit = new SinkCommit(
            epoch,
            previous,
            (outcome, watermark) => self.Tell(new TaskMessages.SinkAnswered(epoch.Epoch.Number, outcome, watermark), ActorRefs.NoSender),
            cause => self.Tell(new TaskMessages.SinkFailed(cause), ActorRefs.NoSender))
        {
            Warn = why => self.Tell(new TaskMessages.SinkWarned(epoch.Epoch.Number, why), ActorRefs.NoSender),
        };
        try
        {
            _chain!.Progress.Enter(SinkId);
            _chain.Sink!.Commit(commit);
            _chain.Progress.Leave();
        }
        catch (Exception cause)
        {
            throw SinkCantGoOn(cause);
        }
    }

    // Why fatal: the epoch is committed, so no attempt takes it back, and a writer that threw will not answer.
    private TaskFailure SinkCantGoOn(Exception cause)
    {
        var reason = cause is MillraceException ? cause.Message : $"Sink {SinkId} threw while it wrote: {UserText.Of(cause)}";
        return new TaskFailure(_task, _protocol!.Generation, reason.ReplaceLineEndings(" "), FailureKind.Fatal, cause);
    }

    private OperatorId SinkId => _chain!.SinkId!.Value;
}
