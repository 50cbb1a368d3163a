using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <content>Keeping computed rows and cutting the lineage.</content>
public sealed partial class Rdd<T>
{
    private readonly PartitionStore<T> _store;
    private volatile StorageLevel _level;
    private volatile bool _isCheckpointAsked;
    private volatile bool _isCheckpointed;

    /// <inheritdoc/>
    public override StorageLevel StorageLevel => _level;

    /// <inheritdoc/>
    public override bool IsCheckpointed => _isCheckpointed;

    /// <inheritdoc/>
    internal override int HeldPartitions => _isCheckpointed ? NumPartitions : IsKept ? _store.Count : 0;

    private bool IsKept => !_isCheckpointed && (_level != StorageLevel.None || _isCheckpointAsked);

    /// <summary>Keeps each partition once it was computed; one that is lost with the executor that holds it is computed again from its parents.</summary>
    /// <exception cref="GraphException">The level is <see cref="StorageLevel.None"/>; use <see cref="Unpersist"/>.</exception>
    public Rdd<T> Persist(StorageLevel level = StorageLevel.MemoryOnly)
    {
        if (level != StorageLevel.MemoryOnly)
            throw new GraphException($"Storage level {level} found, {StorageLevel.MemoryOnly} expected; Unpersist gives the rows up.");
        _level = level;
        return this;
    }

    /// <summary>Keeps each partition in memory once it was computed.</summary>
    public Rdd<T> Cache() => Persist();

    /// <summary>Gives up the kept rows; they are computed again when they are needed.</summary>
    public Rdd<T> Unpersist()
    {
        _level = StorageLevel.None;
        if (!_isCheckpointAsked)
            _store.Clear();
        return this;
    }

    /// <summary>Not there yet: writing to a directory needs a checkpoint directory, and none can be set.</summary>
    /// <exception cref="GraphException">Always.</exception>
    public void Checkpoint() =>
        throw new GraphException("A checkpoint directory expected, none is set; LocalCheckpoint cuts the lineage and keeps the rows in memory.");

    /// <summary>Has the next action over it, or over what stands on it, keep all rows in memory and cut the lineage: the parents are needed no more.</summary>
    public Rdd<T> LocalCheckpoint()
    {
        _isCheckpointAsked = true;
        return this;
    }

    /// <inheritdoc/>
    internal override void FinishCheckpoint()
    {
        if (!_isCheckpointAsked || _isCheckpointed)
            return;
        var rows = Runner.Run(this, AllPartitions, static (_, rows) => RowBlocks.ToArray(rows));
        _recipe = new SourceRecipe<T>("LocalCheckpointRdd", rows);
        _isCheckpointed = true;
        _store.Clear();
    }

    /// <summary>Forgets a kept partition, as its loss would.</summary>
    internal void DropPartition(int partition) => _store.Drop(partition);
}
