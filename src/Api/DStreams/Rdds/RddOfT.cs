using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>
/// A resilient distributed dataset: immutable rows in partitions, computed when an action asks for them and computed again from
/// their parents when they were dropped. Made by <see cref="Rdd"/>, by operations on others, and given to the body of <c>ForeachRDD</c>.
/// </summary>
/// <remarks>
/// Operations that return an RDD compute nothing. Their functions run once for each action that needs the rows, and again after a drop, a
/// failure or a loss: they should depend on their arguments alone and must not alter them. Then every computation gives the same rows in the
/// same order. Each operation of a lineage adds to the depth of the calls that compute it: a loop that makes its next RDD of its last one cuts
/// the lineage now and then by <see cref="LocalCheckpoint"/> or <see cref="Checkpoint()"/>: an action over one for which the stack does not suffice (tens of
/// thousands of operations) throws a <see cref="GraphException"/>. Thread-safe.
/// <para>Where: what stands on a batch of a running job, or on <see cref="StreamingContext.Parallelize"/>, and whatever a body of <c>ForeachRDD</c> or
/// a function of <c>Transform</c> asks for, is computed by the job's executors, as many actors as <c>millrace.task.threads</c>.
/// A partition on which a function throws is given out again, up to <c>millrace.task.max-attempts</c> times in all; what it throws the last
/// time reaches the caller of the action as a <see cref="UserFunctionException"/> of one line that names the operation and the partition. A
/// partition that takes longer than <c>millrace.task.timeout</c> fails the job. When the job ends under an action, that throws
/// <see cref="OperationCanceledException"/>. Everything else (<see cref="Rdd.Parallelize{T}(IEnumerable{T}, int?)"/> and
/// <see cref="Rdd.ObjectFile"/> outside of such functions, and all before the job's start and after its end) is computed on the caller's thread and
/// threads of the pool, and tried once, as by Spark's <c>local</c> master. An action that is called by a function of an RDD runs on that function's thread.</para>
/// </remarks>
public sealed partial class Rdd<T> : Dataset
{
    private volatile Recipe<T> _recipe;

    /// <param name="recipe">How its partitions come about.</param>
    /// <param name="operation">The operation that made it.</param>
    /// <param name="partitioner">What put its rows where they are, or null.</param>
    /// <param name="runner">Who computes it. <value>Default: who computes its parents.</value></param>
    internal Rdd(Recipe<T> recipe, string operation, object? partitioner = null, DatasetRunner? runner = null)
        : base(operation, runner ?? DatasetRunner.Of(recipe.Dependencies), partitioner)
    {
        _recipe = recipe;
        _store = new(recipe.Partitions);
    }

    /// <inheritdoc/>
    public override int NumPartitions => _recipe.Partitions;

    /// <inheritdoc/>
    public override IReadOnlyList<Dependency> Dependencies => _recipe.Dependencies;

    /// <inheritdoc/>
    internal override string Kind => _recipe.Kind;

    /// <inheritdoc/>
    internal override void Prepare(DatasetRunner runner) => _recipe.Prepare(runner);

    /// <summary>Gives it a name, for the lineage.</summary>
    public Rdd<T> SetName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        return this;
    }

    /// <summary>The rows of a partition: those kept, or else computed as they are enumerated.</summary>
    internal IEnumerable<T> Compute(int partition)
    {
        Check.Depth(this);
        var recipe = _recipe;
        return IsKept ? _store.Get(partition, () => RowBlocks.ToArray(recipe.Compute(partition))) : recipe.Compute(partition);
    }

    /// <summary>A function over each partition.</summary>
    internal Rdd<TOut> Derive<TOut>(string operation, Func<int, IEnumerable<T>, IEnumerable<TOut>> map, bool keepsPartitioner = false) =>
        new(new MapPartitionsRecipe<T, TOut>(this, operation, map), operation, keepsPartitioner ? Partitioner : null);

    /// <inheritdoc cref="Derive{TOut}(string, Func{int, IEnumerable{T}, IEnumerable{TOut}}, bool)"/>
    internal Rdd<TOut> Derive<TOut>(string operation, Func<IEnumerable<T>, IEnumerable<TOut>> map, bool keepsPartitioner = false) =>
        Derive(operation, (_, rows) => map(rows), keepsPartitioner);
}
