using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Makes RDDs that belong to no context. Who computes them stands with <see cref="Rdd{T}"/>.</summary>
public static class Rdd
{
    /// <summary>An RDD of the given rows, cut into slices of nearly the same size, in their order.</summary>
    /// <param name="rows">The rows; taken over as they are now.</param>
    /// <param name="numPartitions">Number of partitions; null for one a processor.</param>
    /// <exception cref="GraphException">Fewer partitions than 1.</exception>
    /// <remarks>Spark's <c>SparkContext.parallelize</c> is <see cref="StreamingContext.Parallelize"/>.</remarks>
    public static Rdd<T> Parallelize<T>(IEnumerable<T> rows, int? numPartitions = null) => Parallelize(rows, numPartitions, runner: null);

    /// <inheritdoc cref="Parallelize{T}(IEnumerable{T}, int?)"/>
    public static Rdd<T> MakeRdd<T>(IEnumerable<T> rows, int? numPartitions = null) => Parallelize(rows, numPartitions);

    /// <summary>An RDD without rows and without partitions.</summary>
    public static Rdd<T> EmptyRdd<T>() => new(new SourceRecipe<T>("EmptyRdd", []), "emptyRDD");

    /// <summary>The rows of a directory that <see cref="Rdd{T}.SaveAsObjectFile"/> wrote, in the same partitions. Read when they are needed, block by block.</summary>
    /// <typeparam name="T">The type that was written, or a version of it that can read it: see the rules of checkpoints.</typeparam>
    /// <param name="path">The directory.</param>
    /// <remarks>An action over it throws a <see cref="Serialization.CorruptPayloadException"/> that names file and byte where a file is damaged, and a
    /// <see cref="Serialization.SchemaException"/> that names file and member where rows of another type were written.</remarks>
    /// <exception cref="GraphException">Rows of the type can't be read.</exception>
    /// <exception cref="IOException">There is no such directory, it has no <c>_SUCCESS</c>, or a part of it is missing.</exception>
    public static Rdd<T> ObjectFile<T>(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Rdds.ObjectFile.Codecs.Of<T>();
        return new(new SourceRecipe<T>("ObjectFileRdd", Rdds.ObjectFile.Parts<T>(path)), "objectFile");
    }

    /// <summary>The rows of all of them, duplicates among them, one RDD's partitions after the other's.</summary>
    public static Rdd<T> Union<T>(params Rdd<T>[] rdds)
    {
        ArgumentNullException.ThrowIfNull(rdds);
        return rdds.Length == 0 ? EmptyRdd<T>() : new(new UnionRecipe<T>([.. rdds]), "union");
    }

    /// <summary>The rows of a batch, in the partitions in which the tasks delivered them.</summary>
    internal static Rdd<T> OfBatch<T>(IReadOnlyList<IReadOnlyList<Batch<T>>> partitions, DatasetRunner runner) => new(
        new SourceRecipe<T>("BatchRdd", [.. partitions.Select(batches => new BatchRows<T>(batches))]), "foreachRDD", runner: runner);

    /// <summary>The rows of a batch, in the partitions of the tasks that had them.</summary>
    internal static Rdd<T> OfPartitions<T>(IEnumerable<T[]> partitions, DatasetRunner runner) =>
        new(new SourceRecipe<T>("BatchRdd", [.. partitions]), "transform", runner: runner);

    /// <param name="rows">The rows.</param>
    /// <param name="numPartitions">Number of partitions, or null.</param>
    /// <param name="runner">Who computes it; null for nobody in particular.</param>
    internal static Rdd<T> Parallelize<T>(IEnumerable<T> rows, int? numPartitions, DatasetRunner? runner)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var partitions = Check.Partitions(numPartitions ?? Environment.ProcessorCount);
        return new(Slice(rows.ToArray(), partitions), "parallelize", runner: runner);
    }

    internal static SourceRecipe<T> Slice<T>(T[] rows, int partitions) => new(
        "ParallelCollectionRdd",
        [.. Enumerable.Range(0, partitions).Select(slice => rows[Slices.Start(slice, rows.Length, partitions)..Slices.Start(slice + 1, rows.Length, partitions)])]);
}
