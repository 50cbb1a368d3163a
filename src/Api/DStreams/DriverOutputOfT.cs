using Millrace.Connectors;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.DStreams;

/// <inheritdoc/>
internal sealed class DriverOutput<T>(Driver driver, int? id, Action<Rdd<T>, Time> body, int every, DatasetRunner runner) : DriverOutput(id)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, Collected> _batches = [];

    // The batch whose body runs: as the driver's thread knows it, and as long as somebody waits for it.
    private Collected _running = null!;
    private Collected? _present;
    private long _done;

    private sealed record Collected(long Epoch, long NowMs, IReadOnlyList<Batch<T>>?[] Partitions, SinkCommit?[] Commits)
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
    public override void Begin()
    {
        lock (_lock)
        {
            var (epoch, batch) = _batches.First();
            _batches.Remove(epoch);
            _present = _running = batch;
        }
    }

    /// <inheritdoc/>
    public override Time PresentTime => new(_running.NowMs);

    /// <inheritdoc/>
    public override bool IsDue => _running.Epoch % every == 0;

    /// <summary>The last batch that <paramref name="partition"/> has handed over or seen done.</summary>
    public long WatermarkOf(int partition)
    {
        lock (_lock)
        {
            var handed = _present?.Epoch ?? _done;
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
                var batch = _present?.Epoch == epoch ? _present : _batches.GetValueOrDefault(epoch);
                if (batch is null)
                    _batches[epoch] = batch = new(epoch, commit.Epoch.NowMs, new IReadOnlyList<Batch<T>>?[parallelism], new SinkCommit?[parallelism]);
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
        var batch = _running;
        if (IsDue)
            PendingActions.Complete(runner, () => body(Rdd.OfBatch(batch.Partitions!, runner), PresentTime));
        lock (_lock)
        {
            if (_present != batch)
                return;

            // From here on whoever delivers it again is answered at once.
            (_present, _done) = (null, batch.Epoch);
        }

        foreach (var commit in batch.Commits)
            commit!.Complete(SinkOutcome.Applied, batch.Epoch);
    }

    /// <inheritdoc/>
    public override void Forget()
    {
        lock (_lock)
        {
            _batches.Clear();
            (_present, _done) = (null, 0);
        }
    }

    /// <inheritdoc/>
    public override void Fail(Exception cause)
    {
        lock (_lock)
        {
            foreach (var commit in _batches.Values.Append(_present).SelectMany(batch => batch?.Commits ?? []))
                commit?.Fail(cause);
        }
    }
}
