using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>
/// A resilient distributed dataset: immutable rows in partitions, computed when an action asks for them and computed again from
/// their parents when they were dropped. Made by <see cref="Rdd"/>, by operations on others, and given to the body of <c>ForeachRDD</c>.
/// </summary>
/// <remarks>
/// Operations that return an RDD compute nothing. Their functions run on threads of the pool, once for each action that needs the
/// rows and again after a drop: they should depend on their arguments alone and must not alter them. Then every computation gives the
/// same rows in the same order. What a function throws reaches the caller of the action as a <see cref="UserFunctionException"/>
/// of one line that names the operation and the partition. Each operation of a lineage adds to the depth of the calls that compute it:
/// a loop that makes its next RDD of its last one cuts the lineage now and then by <see cref="LocalCheckpoint"/>. Thread-safe.
/// </remarks>
public sealed partial class Rdd<T> : Dataset
{
    private volatile Recipe<T> _recipe;

    internal Rdd(Recipe<T> recipe, string operation, IDatasetRunner runner, object? partitioner = null)
        : base(operation, runner, partitioner)
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
        var recipe = _recipe;
        return IsKept ? _store.Get(partition, () => RowBlocks.ToArray(recipe.Compute(partition))) : recipe.Compute(partition);
    }

    /// <summary>A function over each partition.</summary>
    internal Rdd<TOut> Derive<TOut>(string operation, Func<int, IEnumerable<T>, IEnumerable<TOut>> map, bool keepsPartitioner = false) =>
        new(new MapPartitionsRecipe<T, TOut>(this, operation, map), operation, Runner, keepsPartitioner ? Partitioner : null);

    /// <inheritdoc cref="Derive{TOut}(string, Func{int, IEnumerable{T}, IEnumerable{TOut}}, bool)"/>
    internal Rdd<TOut> Derive<TOut>(string operation, Func<IEnumerable<T>, IEnumerable<TOut>> map, bool keepsPartitioner = false) =>
        Derive(operation, (_, rows) => map(rows), keepsPartitioner);
}
