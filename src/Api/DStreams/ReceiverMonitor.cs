using Millrace.Connectors.Receivers;
using Millrace.Time;

namespace Millrace.DStreams;

/// <summary>Looks after one receiver: sets its rate by how each batch went, and tells listeners what happens to it. Thread-safe.</summary>
internal sealed class ReceiverMonitor
{
    private readonly Lock _lock = new();
    private readonly (int Id, string Name) _stream;
    private readonly IReceiverSource _source;
    private readonly PidRateEstimator? _estimator;
    private readonly ListenerBus _bus;
    private readonly TimeProvider _clock;
    private (string Message, DateTimeOffset? At) _lastError = ("", null);
    private bool _hasEnded;

    /// <param name="stream">Its input stream's number, and its name in the plan.</param>
    /// <param name="source">The receiver.</param>
    /// <param name="estimator">Says which rate it should have; null: its rate is left alone.</param>
    /// <param name="bus">Where listeners are told.</param>
    /// <param name="clock">When errors are.</param>
    public ReceiverMonitor((int Id, string Name) stream, IReceiverSource source, PidRateEstimator? estimator, ListenerBus bus, TimeProvider clock)
    {
        (_stream, _source, _estimator, _bus, _clock) = (stream, source, estimator, bus, clock);
        source.Changed += OnChanged;
    }

    public void BatchCompleted(BatchInfo batch)
    {
        if (_estimator is not null && batch.Inputs.FirstOrDefault(input => input.Stream == _stream.Name) is { } input
            && _estimator.Compute(
                batch.ProcessingEndTime!.Value.ToUnixTimeMilliseconds(),
                input.NumRecords,
                (long)batch.ProcessingDelay!.Value.TotalMilliseconds,
                (long)batch.SchedulingDelay!.Value.TotalMilliseconds) is { } rate)
        {
            _source.RateLimiter.Update(rate);
        }
    }

    /// <summary>The context has ended, and with it the receiver, which may take its time.</summary>
    public void Ended()
    {
        lock (_lock)
        {
            if (_source.Status is { IsStarted: true } status && !_hasEnded)
                Tell(new(ReceiverEventKind.Stopped, status with { IsStarted = false }));
            _hasEnded = true;
        }
    }

    private void OnChanged(ReceiverEvent change)
    {
        lock (_lock)
        {
            if (!_hasEnded)
                Tell(change);
        }
    }

    private void Tell(ReceiverEvent change)
    {
        var message = change.Status.LastMessage;
        if (change.Kind == ReceiverEventKind.Error || message != _lastError.Message)
            _lastError = (message, message.Length == 0 ? null : _clock.GetUtcNow());
        var info = new ReceiverInfo(
            _stream.Id, _stream.Name, change.Status.IsStarted, Environment.MachineName, message.Length == 0 ? null : message, _lastError.At);
        _bus.Post(change.Kind switch
        {
            ReceiverEventKind.Started => listener => listener.OnReceiverStarted(info),
            ReceiverEventKind.Error => listener => listener.OnReceiverError(info),
            _ => listener => listener.OnReceiverStopped(info),
        });
    }
}
