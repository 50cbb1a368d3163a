using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams.Rdds;
using Millrace.Operators;

namespace Millrace.DStreams;

/// <summary>Follows each batch from its plan to its last output operation; tells listeners, receivers' monitors and the meter.</summary>
internal sealed class BatchTracker(TimeProvider clock, ListenerBus bus, IReadOnlyList<ReceiverMonitor> receivers, JobRunner datasets, Driver driver) : IJobObserver
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, BatchInfo> _batches = [];
    private JobId _job;

    /// <inheritdoc/>
    public void Starting(JobId job, IExecutors executors)
    {
        _job = job;
        datasets.Attach(executors);
        driver.Forget();
        lock (_lock)
            _batches.Clear();
    }

    /// <inheritdoc/>
    public void EpochPlanned(EpochInfo epoch, long plannedAtMs, IReadOnlyList<SourceInput> inputs)
    {
        var submitted = new BatchInfo(new Time(epoch.NowMs), [.. inputs.Select(input => new StreamInputInfo(input.Source.Name, input.Records))]);
        bus.Post(listener => listener.OnBatchSubmitted(submitted));
        lock (_lock)
        {
            _batches[epoch.Epoch.Number] = submitted;
            StartFirst(DateTimeOffset.FromUnixTimeMilliseconds(plannedAtMs));
        }
    }

    // Several are in flight: what the one behind waits for the bodies of the first counts as waiting, not as work.
    private void StartFirst(DateTimeOffset at)
    {
        if (_batches.Count == 0 || _batches.First() is not { Value: { ProcessingStartTime: null } waiting, Key: var epoch })
            return;
        var started = _batches[epoch] = waiting with { ProcessingStartTime = at };
        bus.Post(listener => listener.OnBatchStarted(started));
    }

    /// <summary>The body of an output operation begins.</summary>
    public OutputOperationInfo OutputStarted(Time batchTime, int id, string name)
    {
        var operation = new OutputOperationInfo(batchTime, id, name, clock.GetUtcNow());
        bus.Post(listener => listener.OnOutputOperationStarted(operation));
        return operation;
    }

    /// <summary>The body has ended, or thrown.</summary>
    public void OutputCompleted(long epoch, OutputOperationInfo operation, string? failure)
    {
        var completed = operation with { EndTime = clock.GetUtcNow(), FailureReason = failure };
        lock (_lock)
        {
            if (_batches.TryGetValue(epoch, out var batch))
                _batches[epoch] = batch with { OutputOperations = [.. batch.OutputOperations, completed] };
        }

        bus.Post(listener => listener.OnOutputOperationCompleted(completed));
    }

    /// <summary>Every output operation of the batch has run.</summary>
    public void BatchCompleted(long epoch)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (!_batches.Remove(epoch, out var batch))
                return;
            var completed = batch with { ProcessingEndTime = now };
            foreach (var receiver in receivers)
                receiver.BatchCompleted(completed);
            BatchMetrics.Completed(_job, completed);
            bus.Post(listener => listener.OnBatchCompleted(completed));
            StartFirst(now);
        }
    }
}
