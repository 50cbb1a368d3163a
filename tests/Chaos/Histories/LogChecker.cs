using System.Collections.Immutable;

namespace Millrace.Chaos.Histories;

/// <summary>Finds what is wrong with the history of a log that several processes wrote and read, as Jepsen's Kafka workload does.</summary>
/// <remarks>
/// An operation that nobody knows the end of counts as one that happened once a record of it was read by one that did. Records that were read
/// prove their offsets, whatever became of the reader; offsets of sends count for operations that happened.
/// </remarks>
public static class LogChecker
{
    /// <summary>All anomalies, kind by kind.</summary>
    public static ImmutableArray<LogAnomaly> Check(IReadOnlyList<LogOperation> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var log = new KnownLog(history);
        return
        [
            .. AbortedReads(log),
            .. LostWrites(log),
            .. Duplicates(log),
            .. InconsistentOffsets(log),
            .. new LogOrderChecker(log).Check(),
        ];
    }

    private static IEnumerable<LogAnomaly> AbortedReads(KnownLog log)
    {
        var aborted = log.Operations.Where(operation => operation.Outcome == HistoryOutcome.Fail)
            .SelectMany(operation => operation.Steps).Where(step => step.IsSend).Select(step => (step.Key, step.Value)).ToHashSet();
        return log.Read.Where(aborted.Contains).Select(read => new LogAnomaly(LogAnomalyKind.AbortedRead, read.Key, [read.Value]));
    }

    private static IEnumerable<LogAnomaly> LostWrites(KnownLog log)
    {
        var written = log.Operations.Where(log.HasHappened).SelectMany(operation => operation.Steps)
            .Where(step => step.IsSend).Select(step => (step.Key, step.Value)).ToHashSet();
        foreach (var (key, order) in log.Partitions)
        {
            var read = order.Offsets.Where(entry => entry.Value.Exists(value => log.Read.Contains((key, value)))).Select(entry => entry.Key).ToArray();
            if (read.Length == 0)
                continue;
            var lost = order.Offsets.Where(entry => entry.Key <= read[^1]).SelectMany(entry => entry.Value)
                .Where(value => written.Contains((key, value)) && !log.Read.Contains((key, value)));
            foreach (var value in lost.Distinct(StringComparer.Ordinal))
                yield return new LogAnomaly(LogAnomalyKind.LostWrite, key, [value]);
        }
    }

    private static IEnumerable<LogAnomaly> Duplicates(KnownLog log) =>
        from partition in log.Partitions
        from value in partition.Value.Values
        where value.Value.Count > 1
        select new LogAnomaly(LogAnomalyKind.Duplicate, partition.Key, [value.Key]) { Offsets = [.. value.Value] };

    private static IEnumerable<LogAnomaly> InconsistentOffsets(KnownLog log) =>
        from partition in log.Partitions
        from offset in partition.Value.Offsets
        where offset.Value.Count > 1
        select new LogAnomaly(LogAnomalyKind.InconsistentOffsets, partition.Key, [.. offset.Value]) { Offsets = [offset.Key] };
}
