namespace Millrace.DStreams.Rdds;

/// <summary>An RDD without the type of its rows: its place in the lineage.</summary>
public abstract class Dataset
{
    private static int _lastId = -1;

    private readonly DatasetRunner _runner;

    private protected Dataset(string operation, DatasetRunner runner, object? partitioner)
    {
        Operation = operation;
        _runner = runner;
        Partitioner = partitioner;
        Id = Interlocked.Increment(ref _lastId);
    }

    /// <summary>A number of its own within the process.</summary>
    public int Id { get; }

    /// <summary>The name given by <c>SetName</c>, or null.</summary>
    public string? Name { get; private protected set; }

    /// <summary>Number of partitions.</summary>
    public abstract int NumPartitions { get; }

    /// <summary>The parents: none for a source and for what was checkpointed.</summary>
    public abstract IReadOnlyList<Dependency> Dependencies { get; }

    /// <summary>Where computed rows are kept; <see cref="StorageLevel.None"/> unless persisted.</summary>
    public abstract StorageLevel StorageLevel { get; }

    /// <summary>Whether the rows were materialised and the lineage cut.</summary>
    public abstract bool IsCheckpointed { get; }

    /// <summary>The operation that made it, as it is called in Spark: <c>reduceByKey</c>.</summary>
    internal string Operation { get; }

    /// <summary>What kind of dataset it is, for the lineage.</summary>
    internal abstract string Kind { get; }

    /// <summary>Who computes its partitions: the job that it belongs to, or else the one whose function asks for them, or else the caller.</summary>
    internal DatasetRunner Runner => _runner is JobRunner ? _runner : PendingActions.Runner ?? _runner;

    /// <summary>The <see cref="Partitioner{TKey}"/> that put the rows where they are, or null.</summary>
    internal object? Partitioner { get; }

    /// <summary>Number of partitions whose rows are in memory.</summary>
    internal abstract int HeldPartitions { get; }

    /// <summary>Does over all of its parents' partitions what must be done before one of its own can be computed.</summary>
    internal abstract void Prepare(DatasetRunner runner);

    /// <summary>Materialises it when a checkpoint was asked for and is not done.</summary>
    internal abstract void FinishCheckpoint();

    /// <summary>The lineage, a dataset a line: partitions in parentheses where a stage begins, <c>+-</c> where rows are shuffled.</summary>
    public string ToDebugString() => LineageText.Of(this);

    /// <inheritdoc/>
    public override string ToString() => $"{(Name is null ? "" : Name + " ")}{Kind}[{Id}] at {Operation}";
}
