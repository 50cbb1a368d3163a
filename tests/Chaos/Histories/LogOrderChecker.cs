namespace Millrace.Chaos.Histories;

/// <summary>Follows every process through every partition: each poll begins behind the one before, each send stands behind the one before.</summary>
internal sealed class LogOrderChecker(KnownLog log)
{
    private readonly Dictionary<(int Process, string Key), LogStep> _polled = [];
    private readonly Dictionary<(int Process, string Key), LogStep> _sent = [];
    private readonly List<LogAnomaly> _anomalies = [];

    public IEnumerable<LogAnomaly> Check()
    {
        foreach (var operation in log.Operations)
        {
            if (operation.Subscription is { } keys && operation.Outcome != HistoryOutcome.Fail)
                Forget(operation.Process, keys);
            foreach (var steps in operation.Steps.GroupBy(step => (step.IsSend, step.Key)))
            {
                if (steps.Key.IsSend)
                    FollowSends(operation, [.. steps]);
                else
                    FollowPolls(operation, [.. steps]);
            }
        }

        return _anomalies.OrderBy(anomaly => anomaly.Kind);
    }

    // Where a transaction did not end well, the position is what it was before: the process polls the same records again.
    private void FollowPolls(LogOperation operation, LogStep[] steps)
    {
        var place = (operation.Process, steps[0].Key);
        if (_polled.TryGetValue(place, out var last))
            Compare(last, steps[0], LogAnomalyKind.PollSkip, LogAnomalyKind.NonmonotonicPoll);
        CompareWithin(steps, LogAnomalyKind.InternalPollSkip, LogAnomalyKind.InternalNonmonotonicPoll);
        if (operation.Outcome == HistoryOutcome.Ok)
            _polled[place] = steps[^1];
    }

    // Others may send between two operations of a process, so that only the order counts there.
    private void FollowSends(LogOperation operation, LogStep[] steps)
    {
        if (!log.HasHappened(operation))
            return;
        var place = (operation.Process, steps[0].Key);
        if (_sent.TryGetValue(place, out var last))
            Compare(last, steps[0], skip: null, LogAnomalyKind.NonmonotonicSend);
        CompareWithin(steps, LogAnomalyKind.InternalSendSkip, LogAnomalyKind.InternalNonmonotonicSend);
        _sent[place] = steps[^1];
    }

    private void CompareWithin(LogStep[] steps, LogAnomalyKind skip, LogAnomalyKind nonmonotonic)
    {
        for (var step = 1; step < steps.Length; step++)
            Compare(steps[step - 1], steps[step], skip, nonmonotonic);
    }

    private void Compare(LogStep earlier, LogStep later, LogAnomalyKind? skip, LogAnomalyKind nonmonotonic)
    {
        var order = log.Partition(earlier.Key);
        if (order.PlaceOf(earlier) is not { } from || order.PlaceOf(later) is not { } to)
            return;
        if (to <= from)
            _anomalies.Add(new(nonmonotonic, earlier.Key, [earlier.Value, later.Value]) { Delta = to - from });
        else if (to > from + 1 && skip is { } kind)
            _anomalies.Add(new(kind, earlier.Key, [earlier.Value, later.Value]) { Skipped = [.. order.Between(from, to)], Delta = to - from });
    }

    private void Forget(int process, IReadOnlyCollection<string> kept)
    {
        foreach (var place in _polled.Keys.Where(place => place.Process == process && !kept.Contains(place.Key)).ToArray())
            _polled.Remove(place);
    }
}
