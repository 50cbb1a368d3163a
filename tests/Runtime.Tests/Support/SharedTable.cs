using Millrace.Connectors;
using Millrace.Data;

namespace Millrace.Runtime.Tests.Support;

/// <summary>A table outside of the job, rows and watermark in one transaction; any process may write it.</summary>
internal sealed class SharedTable<T> : ISink<T>
{
    private readonly Lock _lock = new();
    private readonly List<T> _rows = [];
    private readonly Dictionary<int, long> _watermarks = [];
    private TaskCompletionSource _grew = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Description => "shared table";

    public SinkCapability Capability => SinkCapability.Transactional;

    public T[] Rows
    {
        get
        {
            lock (_lock)
                return [.. _rows];
        }
    }

    /// <summary>Waits until it has so many rows more than now.</summary>
    public async Task GrowAsync(int rows)
    {
        var wanted = Rows.Length + rows;
        while (true)
        {
            Task grew;
            lock (_lock)
            {
                if (_rows.Count >= wanted)
                    return;
                grew = _grew.Task;
            }

            await grew.WaitAsync(TestHost.Patience);
        }
    }

    public ISinkWriter<T> Open(SinkContext context) => new Writer(this, context.Partition.Number);

    private sealed class Writer(SharedTable<T> table, int partition) : StagedSinkWriter<T>
    {
        public override long? ReadWatermark()
        {
            lock (table._lock)
                return table._watermarks.GetValueOrDefault(partition);
        }

        protected override void Apply(SinkCommit commit, IReadOnlyList<Batch<T>> batches)
        {
            SinkOutcome outcome;
            long watermark;
            lock (table._lock)
            {
                watermark = table._watermarks.GetValueOrDefault(partition);
                outcome = watermark == commit.Previous.Number ? SinkOutcome.Applied : SinkOutcome.Conflict;
                if (outcome == SinkOutcome.Applied)
                {
                    foreach (var batch in batches)
                        table._rows.AddRange(batch.Rows);
                    table._watermarks[partition] = watermark = commit.Epoch.Epoch.Number;
                    table._grew.TrySetResult();
                    table._grew = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            commit.Complete(outcome, watermark);
        }
    }
}
