using System.Diagnostics;
using Akka.Actor;
using Millrace.Connectors;
using Millrace.Data;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using Millrace.Serialization;
using Millrace.Time;

namespace Millrace.Runtime.Tasks;

/// <content>How the task comes into being, from nothing or from what the journal names, and what it hands over for it.</content>
internal sealed partial class TaskActor
{
    private void OnStart(TaskRestore restore)
    {
        var start = restore.Start;
        Forget();
        var shape = _settings.Topology.Shape.Tasks[_task];
        _protocol = new TaskProtocol(_task, shape, start.Generation, start.Base, start.ConsumerGenerations.AsSpan());

        // What a sender that is up already has sent for this generation stays.
        DropOlderThan(start.Generation);
        _chain = new ChainBuilder(
            _settings,
            _task,
            _places,
            _activity.Progress,
            start.References.SourceStart).Build();
        _rows = new RowRunner(_chain, PolicyOf, _activity);
        for (var output = 0; output < _chain.Channels.Length; output++)
            _chain.Channels[output].Start(_protocol, output, start.ConsumerGenerations[output]);
        if (_settings.IsDurable)
        {
            FindCodecs(_chain);
            _deltas = new TaskDeltaCodec(_chain, _merger, _settings.Codecs);
        }

        if (!TryRestore(restore))
            return;
        if (shape.IsSink)
            StartSink(restore);
        _worker.Tell(new WorkerMessages.TaskReady(_task, _protocol.Generation));
    }

    /// <summary>Another process holds the task: nothing of it stays here but what may have been sent for a time when this process holds it again.</summary>
    private void Drop()
    {
        if (_protocol is not { } protocol)
            return;
        Forget();
        DropOlderThan(protocol.Generation + 1);
        (_chain, _protocol, _rows, _deltas) = (null, null, null, null);
    }

    private void Forget()
    {
        _isRestored = false;
        _chain?.Dispose();
        _sink = null;
        _sinkTimer?.Cancel();
        _sinkTimer = null;
        _restored = [];
        DropRest();
        _runs.Clear();
        _watermarks.Clear();
        _merger.Restore(new WatermarkMerger(_merger.Channels));
        Array.Clear(_creditsDue);
        _position = 0;
        (_drain, _lastPoll) = (null, null);
    }

    // Why now: a type that can't be written is the program's mistake, whatever comes in later.
    private void FindCodecs(TaskChain chain)
    {
        chain.State.FindCodecs(_settings.Codecs);
        try
        {
            chain.Sink?.FindCodecs(_settings.Codecs);
        }
        catch (GraphException cause)
        {
            throw new GraphException($"Rows of sink {SinkId}: {cause.Message}", cause);
        }
    }

    private bool TryRestore(TaskRestore restore)
    {
        var epoch = restore.Start.References.Image?.Epoch ?? 0;
        try
        {
            if (restore.Image is { } image)
                _deltas!.ApplyImage(new Epoch(epoch), image);
            foreach (var (reference, delta) in restore.Epochs)
            {
                epoch = reference.Epoch;
                _deltas!.ApplyDelta(new Epoch(epoch), delta);
            }
        }
        catch (CorruptPayloadException cause)
        {
            var reason = $"{_settings.Topology.IdOf(_task)} can't be restored at epoch {epoch}: {cause.Message}";
            _worker.Tell(new WorkerMessages.RestoreFailed(_task, _protocol!.Generation, reason));
            return false;
        }

        _chain!.RestoreWatermark(_merger.Current);
        Resume(restore.Start.References.SourceStart);
        _isRestored = true;
        return true;
    }

    /// <summary>Tells the source's reader how far the ones before it had come.</summary>
    private void Resume(ControlMessages.SourceStart? start)
    {
        _plannedEnd = start?.Planned ?? 0;
        if (start is null || _chain!.Source is not { } source)
            return;
        PlannedRange[] planned = [.. start.Inflight.Select(range => new PlannedRange(range.Start, range.End, range.Detail))];
        source.Resume(new(start.Committed, _deltas?.Position, planned));
    }

    private void StartSink(TaskRestore restore)
    {
        // A snapshot is named when every sink has its epoch.
        var references = restore.Start.References;
        _restored = restore.Epochs;
        _sink = new SinkProtocol(references.Rows, restore.Start.Base, references.Origin, Math.Max(references.Applied, references.Image?.Epoch ?? 0));
        StepSink(new SinkMessages.Start());
    }

    /// <summary>Gives the worker what the epoch that has just ended changed, and all there is where a snapshot is due.</summary>
    private void HandOver(EpochRun run)
    {
        var (generation, epoch) = (_protocol!.Generation, run.Info.Epoch.Number);
        var delta = _deltas?.Delta(run.Range.End);
        if (run.TakesSnapshot && _deltas is not null)
        {
            var image = _deltas.Image(run.Range.End);
            _worker.Tell(new WorkerMessages.ImageTaken(_task, generation, epoch, image, image.Bytes.Length));
        }

        var work = new WorkDone((long)Stopwatch.GetElapsedTime(0, _workedFor).TotalMicroseconds, _rowsTaken);
        _worker.Tell(new WorkerMessages.EpochCompleted(_task, generation, epoch, delta, delta?.Bytes.Length ?? 0, work));
    }
}
