using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <content>Keeping computed rows and cutting the lineage.</content>
public sealed partial class Rdd<T>
{
    private readonly PartitionStore<T> _store;
    private volatile StorageLevel _level;
    private volatile CheckpointPlace? _checkpointAsked;
    private volatile CheckpointPlace? _checkpoint;
    private int _isCheckpointing;

    /// <summary>Where rows are after a checkpoint: in the files of a directory, or in memory.</summary>
    private sealed record CheckpointPlace(string? Directory);

    /// <inheritdoc/>
    public override StorageLevel StorageLevel => _level;

    /// <inheritdoc/>
    public override bool IsCheckpointed => _checkpoint is not null;

    /// <inheritdoc/>
    internal override int HeldPartitions => IsKept ? _store.Count : _checkpoint is { Directory: null } ? NumPartitions : 0;

    /// <summary>The directory in which its rows are, or null where no checkpoint in a directory was made.</summary>
    public string? CheckpointFile => _checkpoint?.Directory;

    // Rows of a checkpoint in memory are not kept twice.
    private bool IsKept => _checkpoint is not { Directory: null } && (_level != StorageLevel.None || IsLocalCheckpointAsked);

    private bool IsLocalCheckpointAsked => _checkpoint is null && _checkpointAsked is { Directory: null };

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
        if (!IsLocalCheckpointAsked)
            _store.Clear();
        return this;
    }

    /// <summary>As <see cref="Checkpoint(string)"/>, in the checkpoint directory of the context to whose batches it belongs.</summary>
    /// <remarks>The files are deleted when a context starts on that directory again.</remarks>
    /// <exception cref="GraphException">The context has no checkpoint directory or has not started, or it belongs to none; or rows of the type can't be written.</exception>
    public Rdd<T> Checkpoint() => Checkpoint(Path.Combine(
        Runner.CheckpointDirectory
        ?? throw new GraphException(
            "A checkpoint directory expected, none is set; set one (StreamingContext.Checkpoint), give one here, or use LocalCheckpoint, which keeps the rows in memory."),
        $"rdd-{Id}"));

    /// <summary>
    /// Has the next action over it, or over what stands on it, write all rows to a directory and cut the lineage: the parents are needed no more.
    /// </summary>
    /// <param name="directory">Made by that action; it must not exist then. Files are as by <see cref="SaveAsObjectFile"/>, and stay.</param>
    /// <remarks>The rows are computed once more to be written, unless they are kept (<see cref="Persist"/>). Of several checkpoints that are asked for, the last counts; what is made stays.</remarks>
    /// <exception cref="GraphException">Rows of the type can't be written: says which member is in the way.</exception>
    public Rdd<T> Checkpoint(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ObjectFile.Codecs.Of<T>();
        _checkpointAsked = new(Path.GetFullPath(directory));
        return this;
    }

    /// <summary>Has the next action over it, or over what stands on it, keep all rows in memory and cut the lineage: the parents are needed no more.</summary>
    public Rdd<T> LocalCheckpoint()
    {
        _checkpointAsked = new(Directory: null);
        return this;
    }

    /// <inheritdoc/>
    internal override void FinishCheckpoint()
    {
        // Whoever comes second has had his action; nobody waits for another's run.
        if (_checkpointAsked is not { } asked || Interlocked.Exchange(ref _isCheckpointing, 1) != 0)
            return;
        try
        {
            // Why here: between a look before and the claim another may have made it.
            if (_checkpoint is not null)
                return;
            _recipe = asked.Directory is { } directory
                ? new SourceRecipe<T>("ReliableCheckpointRdd", WriteCheckpoint(directory))
                : new SourceRecipe<T>("LocalCheckpointRdd", Runner.Run(this, AllPartitions, static (_, rows) => RowBlocks.ToArray(rows)));
            _checkpoint = asked;
        }
        finally
        {
            Volatile.Write(ref _isCheckpointing, 0);
        }

        if (!IsKept)
            _store.Clear();
    }

    private ObjectFileRows<T>[] WriteCheckpoint(string directory)
    {
        const string operation = "checkpoint";
        var codec = ObjectFile.Codecs.Of<T>();
        var files = UserCode.Call(operation, () => new PartFiles(directory));
        Runner.Run(this, AllPartitions, (partition, rows) => UserCode.Call(operation, partition, rows, (_, _) => WriteObjects(files, codec, partition, rows)));
        return UserCode.Call(operation, () =>
        {
            files.Commit();
            return ObjectFile.Parts<T>(directory);
        });
    }

    /// <summary>Forgets a kept partition, as its loss would.</summary>
    internal void DropPartition(int partition) => _store.Drop(partition);
}
