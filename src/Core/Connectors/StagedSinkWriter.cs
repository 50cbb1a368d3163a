using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Connectors;

/// <summary>A sink writer that keeps an epoch's rows until the epoch commits. What it keeps is durable where the job is: the rows stand in the journal
/// until they are applied, and after a restart they are handed to <see cref="Apply"/> as if nothing had happened.</summary>
public abstract class StagedSinkWriter<T> : ISinkWriter<T>
{
    private readonly SortedDictionary<long, Stage> _stages = [];
    private Stage? _open;
    private Epoch _committing;

    /// <inheritdoc/>
    public abstract long? ReadWatermark();

    /// <inheritdoc/>
    public void Begin(EpochInfo epoch)
    {
        _open = new Stage();
        _stages[epoch.Epoch.Number] = _open;
    }

    /// <inheritdoc/>
    public void Write(Batch<T> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var stage = _open ?? throw new InvalidOperationException("No epoch is open.");
        stage.Rows.Add(batch);
    }

    /// <inheritdoc/>
    public void Prepare(Epoch epoch) => _open = null;

    /// <summary>The rows of a prepared epoch, for the journal.</summary>
    internal IReadOnlyList<Batch<T>> RowsOf(Epoch epoch) => _stages[epoch.Number].Rows;

    /// <summary>Knows an epoch's rows again that a process before this one had prepared.</summary>
    internal void Restage(Epoch epoch, IEnumerable<Batch<T>> rows)
    {
        var stage = new Stage();
        stage.Rows.AddRange(rows);
        _stages[epoch.Number] = stage;
    }

    /// <inheritdoc/>
    public void Commit(SinkCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        // Why not to the pool: whoever took the rows may still hold them; their arrays are the collector's.
        foreach (var applied in _stages.Keys.TakeWhile(epoch => epoch <= commit.Previous.Number).ToArray())
            _stages.Remove(applied);
        if (!_stages.TryGetValue(commit.Epoch.Epoch.Number, out var stage))
            throw new InvalidOperationException($"Nothing is prepared for {commit.Epoch.Epoch}.");
        _committing = commit.Epoch.Epoch;
        Apply(commit, stage.Rows);
    }

    /// <inheritdoc/>
    public void Abort(Epoch committed)
    {
        _open = null;
        foreach (var epoch in _stages.Keys.Where(epoch => epoch > committed.Number).ToArray())
        {
            foreach (var batch in _stages[epoch].Rows)
                batch.Release();
            _stages.Remove(epoch);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // What was handed to Apply may be in use elsewhere.
        Abort(_committing);
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Writes the rows and answers by <see cref="SinkCommit.Complete"/>. They are not changed or released any more, and stay here until the
    /// next epoch commits: after an unknown outcome they are asked for again.
    /// </summary>
    protected abstract void Apply(SinkCommit commit, IReadOnlyList<Batch<T>> rows);

    protected virtual void Dispose(bool disposing)
    {
    }

    private sealed class Stage
    {
        public List<Batch<T>> Rows { get; } = [];
    }
}
