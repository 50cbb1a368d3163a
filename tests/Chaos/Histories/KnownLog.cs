namespace Millrace.Chaos.Histories;

/// <summary>What a history proves of a log: which operations happened, what was read, and what stands where.</summary>
internal sealed class KnownLog
{
    private readonly Dictionary<string, PartitionOrder> _partitions = new(StringComparer.Ordinal);

    public KnownLog(IReadOnlyList<LogOperation> history)
    {
        Operations = history;
        Read = history.Where(operation => operation.Outcome == HistoryOutcome.Ok)
            .SelectMany(operation => operation.Steps).Where(step => !step.IsSend).Select(step => (step.Key, step.Value)).ToHashSet();
        foreach (var operation in history)
        {
            foreach (var step in operation.Steps.Where(step => step.Offset is not null && (!step.IsSend || HasHappened(operation))))
                Partition(step.Key).Add(step.Offset!.Value, step.Value);
        }
    }

    public IReadOnlyList<LogOperation> Operations { get; }

    /// <summary>What operations that happened have read.</summary>
    public HashSet<(string Key, string Value)> Read { get; }

    public IReadOnlyDictionary<string, PartitionOrder> Partitions => _partitions;

    /// <summary>Whether it ended well, or a record that it sent was read.</summary>
    public bool HasHappened(LogOperation operation) =>
        operation.Outcome == HistoryOutcome.Ok
        || (operation.Outcome == HistoryOutcome.Info && operation.Steps.Any(step => step.IsSend && Read.Contains((step.Key, step.Value))));

    public PartitionOrder Partition(string key)
    {
        if (!_partitions.TryGetValue(key, out var order))
            _partitions.Add(key, order = new PartitionOrder());
        return order;
    }
}
