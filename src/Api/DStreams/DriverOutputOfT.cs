using Millrace.Connectors;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.DStreams;

/// <inheritdoc/>
internal sealed class DriverOutput<T>(Driver driver, int? id, Action<Rdd<T>, Time> body, int every, DatasetRunner runner) : DriverOutput(id)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, Collected> _batches = [];
    private long _done;

    private sealed record Collected(long NowMs, IReadOnlyList<Batch<T>>?[] Partitions, SinkCommit?[] Commits)
    {
        public int Missing { get; set; } = Partitions.Length;
    }

    /// <inheritdoc/>
    public override long? ReadyEpoch
    {
        get
        {
            lock (_lock)
            {
                foreach (var (epoch, batch) in _batches)
                    return batch.Missing == 0 ? epoch : null;
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public override Time ReadyTime
    {
        get
        {
            lock (_lock)
                return new(_batches.First().Value.NowMs);
        }
    }

    /// <inheritdoc/>
    public override bool IsDue => ReadyEpoch % every == 0;

    /// <summary>The last batch that <paramref name="partition"/> has handed over or seen done.</summary>
    public long WatermarkOf(int partition)
    {
        lock (_lock)
        {
            var handed = _done;
            foreach (var (epoch, batch) in _batches)
            {
                if (partition < batch.Commits.Length && batch.Commits[partition] is not null)
                    handed = epoch;
            }

            return handed;
        }
    }

    /// <summary>Takes over a partition's rows of a committed batch; its commit is answered when the body has run.</summary>
    public void Deliver(int partition, int parallelism, SinkCommit commit, IReadOnlyList<Batch<T>> rows)
    {
        var epoch = commit.Epoch.Epoch.Number;
        lock (_lock)
        {
            if (epoch > _done)
            {
                if (!_batches.TryGetValue(epoch, out var batch))
                    _batches[epoch] = batch = new(commit.Epoch.NowMs, new IReadOnlyList<Batch<T>>?[parallelism], new SinkCommit?[parallelism]);
                if (batch.Partitions[partition] is null)
                    batch.Missing--;
                batch.Partitions[partition] = rows;
                batch.Commits[partition] = commit;
                commit = null!;
            }
        }

        commit?.Complete(SinkOutcome.Applied, epoch);
        driver.Wake();
    }

    /// <inheritdoc/>
    public override void Run()
    {
        long epoch;
        Collected batch;
        lock (_lock)
            (epoch, batch) = _batches.First();
        if (epoch % every == 0)
            PendingActions.Complete(runner, () => body(Rdd.OfBatch(batch.Partitions!, runner), new Time(batch.NowMs)));
        lock (_lock)
        {
            _batches.Remove(epoch);
            _done = epoch;
        }

        foreach (var commit in batch.Commits)
            commit!.Complete(SinkOutcome.Applied, epoch);
    }

    /// <inheritdoc/>
    public override void Fail(Exception cause)
    {
        lock (_lock)
        {
            foreach (var commit in _batches.Values.SelectMany(batch => batch.Commits))
                commit?.Fail(cause);
        }
    }
}
