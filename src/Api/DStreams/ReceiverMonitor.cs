using Millrace.Connectors.Receivers;
using Millrace.Time;

namespace Millrace.DStreams;

/// <summary>Looks after one receiver at the end of each batch: sets its rate by how the batch went, and tells listeners what has changed.</summary>
internal sealed class ReceiverMonitor(string stream, Func<ReceiverStatus> statusOf, RateLimiter limiter, PidRateEstimator? estimator, ListenerBus bus)
{
    private ReceiverStatus _last = ReceiverStatus.None;

    public void BatchCompleted(BatchInfo batch)
    {
        if (estimator is not null && batch.Inputs.FirstOrDefault(input => input.Stream == stream) is { } input
            && estimator.Compute(
                batch.ProcessingEndTime!.Value.ToUnixTimeMilliseconds(),
                input.NumRecords,
                (long)batch.ProcessingDelay!.Value.TotalMilliseconds,
                (long)batch.SchedulingDelay!.Value.TotalMilliseconds) is { } rate)
        {
            limiter.Update(rate);
        }

        var status = statusOf();
        var info = new ReceiverInfo(stream, status.IsStarted, status.LastMessage.Length == 0 ? null : status.LastMessage);
        if (status.Errors > _last.Errors)
            bus.Post(listener => listener.OnReceiverError(info));
        if (status.Starts > _last.Starts)
            bus.Post(listener => listener.OnReceiverStarted(info with { IsActive = true }));
        if (!status.IsStarted && (_last.IsStarted || status.Starts > _last.Starts))
            bus.Post(listener => listener.OnReceiverStopped(info));
        _last = status;
    }
}
