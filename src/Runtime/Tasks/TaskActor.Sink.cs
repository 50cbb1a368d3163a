using Akka.Actor;
using Millrace.Connectors;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tasks;

/// <content>How committed epochs reach the task's sink.</content>
internal sealed partial class TaskActor
{
    private void OnSinkAnswered(TaskMessages.SinkAnswered answered) => StepSink(new SinkMessages.ApplyEnded(
        answered.Epoch,
        answered.Outcome switch
        {
            SinkOutcome.Applied => AppendOutcome.Ok,
            SinkOutcome.Conflict => AppendOutcome.Conflict,
            _ => AppendOutcome.Unknown,
        },
        answered.Watermark));

    private void StepSink(ISinkInput input)
    {
        var effects = new List<ISinkEffect>();
        _sink!.Step(input, Environment.TickCount64, effects);
        foreach (var effect in effects)
            CarryOut(effect);
    }

    private void CarryOut(ISinkEffect effect)
    {
        switch (effect)
        {
            case SinkMessages.Apply apply:
                CommitSink((EpochInfo)apply.Rows!, new Epoch(apply.Previous));
                break;
            case SinkMessages.ReadWatermark:
                StepSink(new SinkMessages.WatermarkRead(_chain!.Sink!.ReadWatermark()));
                break;
            case SinkMessages.Applied applied:
                _worker.Tell(new WorkerMessages.SinkApplied(_task, applied.Epoch));
                break;
            case SinkMessages.Contradiction contradiction:
                throw new TaskFailure(_task, _protocol!.Generation, contradiction.Reason, isFatal: true, null);
            case SinkMessages.FetchRows fetch:
                StepSink(new SinkMessages.FetchFailed(fetch.Reference.Epoch));
                break;
        }
    }

    private void CommitSink(EpochInfo epoch, Epoch previous)
    {
        var self = Self;
        var commit = new SinkCommit(
            epoch,
            previous,
            (outcome, watermark) => self.Tell(new TaskMessages.SinkAnswered(epoch.Epoch.Number, outcome, watermark), ActorRefs.NoSender),
            cause => self.Tell(new TaskMessages.SinkFailed(cause), ActorRefs.NoSender));
        try
        {
            _chain!.Sink!.Commit(commit);
        }
        catch (Exception cause)
        {
            throw SinkCantGoOn(cause);
        }
    }

    // Why fatal: the epoch is committed, so no attempt takes it back, and a writer that threw will not answer.
    private TaskFailure SinkCantGoOn(Exception cause)
    {
        var reason = cause is MillraceException ? cause.Message : $"Sink {SinkId} threw {cause.GetType().Name} while it wrote: {cause.Message}";
        return new TaskFailure(_task, _protocol!.Generation, reason.ReplaceLineEndings(" "), isFatal: true, cause);
    }

    private OperatorId SinkId => _settings.Topology.Graph.IdOf(_settings.Topology.StageOf(_task).Nodes.First(node => node is not OperatorNode && node.Inputs.Count > 0));
}
