using Millrace.Connectors;
using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tests.Support;

/// <summary>An external system of the tests: every row with its epoch, and per partition the epoch that it holds.</summary>
/// <remarks>Refuses a commit whose previous epoch it does not hold; by seed it answers late, on another thread, or not at all.</remarks>
internal sealed class LedgerSink<T>(int? seed = null) : ISink<T>
{
    private readonly Lock _lock = new();
    private readonly List<(long Epoch, T Row)> _rows = [];
    private TaskCompletionSource _grew = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<int, long> _watermarks = [];
    private readonly Random? _random = seed is { } value ? new Random(value) : null;

    public string Description => "ledger";

    public SinkCapability Capability => SinkCapability.Transactional;

    public List<(long Epoch, T Row)> Rows
    {
        get
        {
            lock (_lock)
                return [.. _rows];
        }
    }

    /// <summary>Waits until there is such a row.</summary>
    public Task HasAsync(Predicate<T> isWanted) => UntilAsync(rows => rows.Exists(row => isWanted(row.Row)));

    /// <summary>Waits until there are so many rows.</summary>
    public Task GrowAsync(int count) => UntilAsync(rows => rows.Count >= count);

    private async Task UntilAsync(Predicate<List<(long Epoch, T Row)>> isSo)
    {
        while (true)
        {
            Task grew;
            lock (_lock)
            {
                if (isSo(_rows))
                    return;
                grew = _grew.Task;
            }

            await grew.WaitAsync(TestHost.Patience);
        }
    }

    public ISinkWriter<T> Open(SinkContext context) => new Writer(this, context.Partition.Number);

    private sealed class Writer(LedgerSink<T> ledger, int partition) : ISinkWriter<T>
    {
        private readonly SortedDictionary<long, List<T>> _stages = [];
        private List<T> _open = [];

        public long? ReadWatermark()
        {
            lock (ledger._lock)
                return ledger._watermarks.GetValueOrDefault(partition);
        }

        public void Begin(EpochInfo epoch) => _stages[epoch.Epoch.Number] = _open = [];

        public void Write(Batch<T> batch)
        {
            foreach (var row in batch.Rows)
                _open.Add(row);
            batch.Release();
        }

        public void Prepare(Epoch epoch) => _open = [];

        public void Commit(SinkCommit commit)
        {
            var epoch = commit.Epoch.Epoch.Number;
            var rows = _stages[epoch];
            int chance;
            lock (ledger._lock)
                chance = ledger._random?.Next(8) ?? 7;
            switch (chance)
            {
                case 0:
                    commit.Complete(SinkOutcome.Unknown, 0);
                    break;
                case 1:
                    Apply(commit, rows);
                    commit.Complete(SinkOutcome.Unknown, 0);
                    break;
                case 2 or 3:
                    ThreadPool.QueueUserWorkItem(_ => commit.Complete(Apply(commit, rows), ReadWatermark()!.Value));
                    break;
                default:
                    commit.Complete(Apply(commit, rows), ReadWatermark()!.Value);
                    break;
            }
        }

        public void Abort(Epoch committed)
        {
            foreach (var epoch in _stages.Keys.Where(epoch => epoch > committed.Number).ToArray())
                _stages.Remove(epoch);
        }

        public void Dispose()
        {
        }

        private SinkOutcome Apply(SinkCommit commit, List<T> rows)
        {
            lock (ledger._lock)
            {
                if (ledger._watermarks.GetValueOrDefault(partition) != commit.Previous.Number)
                    return SinkOutcome.Conflict;
                var epoch = ledger._watermarks[partition] = commit.Epoch.Epoch.Number;
                ledger._rows.AddRange(rows.Select(row => (epoch, row)));
                ledger._grew.SetResult();
                ledger._grew = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return SinkOutcome.Applied;
            }
        }
    }
}
