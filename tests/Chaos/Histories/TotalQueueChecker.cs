using Millrace.Chaos.Oracle;

namespace Millrace.Chaos.Histories;

/// <summary>What goes into a queue comes out, once; the history ends with the queue drained.</summary>
public static class TotalQueueChecker
{
    /// <summary>Compares what was enqueued with what was dequeued, as multisets.</summary>
    public static TotalQueueVerdict Check(IReadOnlyList<ClientOperation> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var attempts = Values(history, HistoryOutcome.Invoke, "enqueue");
        var acknowledged = Values(history, HistoryOutcome.Ok, "enqueue");
        var dequeued = Values(history, HistoryOutcome.Ok, "dequeue");
        return new TotalQueueVerdict
        {
            Attempts = attempts.Count,
            Acknowledged = acknowledged.Count,
            Ok = [.. dequeued.Intersect(attempts)],
            Lost = [.. acknowledged.Except(dequeued)],
            Unexpected = [.. dequeued.Where(value => !attempts.Contains(value))],
            Duplicated = [.. dequeued.Except(attempts).Where(attempts.Contains)],
            Recovered = [.. dequeued.Intersect(attempts).Except(acknowledged)],
        };
    }

    private static Multiset<string> Values(IEnumerable<ClientOperation> history, HistoryOutcome outcome, string name) =>
        [.. history.Where(operation => operation.Outcome == outcome && operation.Name == name).Select(operation => operation.Value ?? "null")];
}
